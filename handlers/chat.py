"""/ask: a question to the active model."""

import texts
from handlers import limits
from handlers.app import App
from handlers.exchange import Job, Reply, Request


def ask(app: App, request: Request) -> Reply:
    """/ask <question>: stored as a job, for an answer takes seconds."""
    question = request.args.strip() or request.quoted.strip()
    if not question:
        return Reply(texts.ASK_EMPTY)
    if refused := limits.refusal(app, request.user_id):
        return Reply(refused)
    app.usage.asked(request.user_id, app.clock.now())
    quoted = request.quoted if request.args.strip() else ""
    return Reply(job=Job("question", {"question": question, "quoted": quoted}))


def answer(app: App, request: Request, args: dict[str, str]) -> Reply:
    """Ask the model and say what it answered."""
    return Reply(app.dialogue.ask(args["question"], args["quoted"]))
