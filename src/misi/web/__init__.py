"""The pages: browse the benchmark, sit the test, see the board. `misi.web.app.create_app` makes the application."""
