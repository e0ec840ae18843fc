"""What the people of a study answered, judged by the one scorer, and how far they agree."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from misi.evaluate.outcomes import NOT_ASKED, Reply, Verdict, judge
from misi.tasks import TASKS
from misi.tasks.columns import COLUMNS
from misi.tasks.contacts import Contacts
from misi.tasks.question import Question
from misi.web.agreement import alpha, jaccard
from misi.web.catalogue import read_question
from misi.web.study import TEST, Given, answers_of, slots_of
from misi.web.tables import AnswerRow, ItemRow, Rater, Slot, Study


@dataclass(frozen=True)
class Sitting:
    """One rater's test.

    Attributes
    ----------
    rater : Rater
    asked : dict
        Question by place.
    given : dict
        What was said, by place.
    columns : dict
        Column by question id.
    """

    rater: Rater
    asked: dict[int, Question]
    given: dict[int, Given]
    columns: dict[str, str]

    def replies(self, *, unanswered: bool) -> list[Reply]:
        """One reply a question; `unanswered` ones as errors or not at all."""
        found = []
        for place, question in self.asked.items():
            said = self.given.get(place, Given())
            if said.text is not None:
                found.append(Reply(question.id, said.text, seconds=round(said.seconds, 1)))
            elif unanswered:
                found.append(Reply(question.id, "", "error", NOT_ASKED))
        return found

    def verdicts(self, *, unanswered: bool) -> list[Verdict]:
        """The replies, judged."""
        questions = {question.id: question for question in self.asked.values()}
        judged = (judge(questions[reply.id], reply) for reply in self.replies(unanswered=unanswered))
        return [replace(verdict, rater=self.rater.label) for verdict in judged]


@dataclass(frozen=True)
class Agreement:
    """Krippendorff's alpha of a group of questions.

    Attributes
    ----------
    group : str
        A column of the tables, or ``all``.
    questions : int
        With at least two answers.
    answers : int
        To those.
    nominal : float or None
        Answers are alike or not.
    pairs : float or None
        For lists of atom pairs: by the share of pairs in common (Jaccard).
    """

    group: str
    questions: int
    answers: int
    nominal: float | None
    pairs: float | None


def sitting(session: Session, dataset: Path, rater: Rater) -> Sitting:
    """Read what a rater was asked and said."""
    slots = slots_of(session, rater.id, TEST)
    mine = select(Slot.item_id).where(Slot.rater_id == rater.id, Slot.phase == TEST)
    rows = {row.id: row for row in session.scalars(select(ItemRow).where(ItemRow.id.in_(mine)))}
    asked = {place: read_question(dataset, rows[item_id]) for place, item_id in slots.items()}
    columns = {item_id: rows[item_id].column for item_id in slots.values()}
    return Sitting(rater, asked, answers_of(session, rater.id, TEST), columns)


def sittings(session: Session, dataset: Path, study: Study, *, finished: bool = False) -> list[Sitting]:
    """All raters of a study who have begun, or only those who have handed in."""
    query = select(Rater).where(Rater.study_id == study.id, Rater.begun_at.is_not(None)).order_by(Rater.label)
    if finished:
        query = query.where(Rater.finished_at.is_not(None))
    return [sitting(session, dataset, rater) for rater in session.scalars(query)]


def state_of(session: Session, study: Study) -> int:
    """A number that changes when anybody of the study saves or hands in."""
    raters = select(Rater.id).where(Rater.study_id == study.id)
    last = session.scalar(select(func.max(AnswerRow.id)).where(AnswerRow.rater_id.in_(raters))) or 0
    done = session.scalar(
        select(func.count()).select_from(Rater).where(Rater.study_id == study.id, Rater.finished_at.is_not(None))
    )
    return 10_000 * int(last) + int(done or 0)


def agreement(sat: Iterable[Sitting]) -> list[Agreement]:
    """Alpha of each column and of everything."""
    values: dict[str, list[tuple[Question, str]]] = defaultdict(list)
    column_of: dict[str, str] = {}
    for one in sat:
        column_of |= one.columns
        for place, question in one.asked.items():
            text = one.given.get(place, Given()).text
            if text is not None:
                values[question.id].append((question, text))
    groups = {"all": list(values)} | {
        column: [item for item in values if column_of[item] == column] for column in COLUMNS
    }
    found = []
    for name, items in groups.items():
        units = [[text for _, text in values[item]] for item in items if len(values[item]) > 1]
        if not units:
            continue
        sets = [
            [_contacts(question, text) for question, text in values[item]]
            for item in items
            if len(values[item]) > 1 and column_of[item].startswith(("residue_ligand", "pocket_ligand"))
        ]
        pairs = alpha(sets, jaccard) if sets and name != "all" else None
        found.append(Agreement(name, len(units), sum(map(len, units)), alpha(units), pairs))
    return found


def _contacts(question: Question, text: str) -> Contacts:
    answer: Contacts = TASKS[question.task].parse(text, question)
    return answer
