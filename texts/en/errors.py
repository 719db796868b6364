"""Why a model gave no answer: a sentence for each kind of failure."""

from collections.abc import Mapping

from texts.choice import Failure, Sentences, chosen

SHARED: Sentences = {
    "bad_request": "{name} did not understand the request. Ask in another way or change the model: /models.",
    "context_length": "The question with what was said before does not fit into the model's memory. "
    "Shorten it or choose a model with more memory: /models.",
    "no_key": "There is no key for {name}. Put it into the file .env and restart the bot.",
    "auth": "{name} did not accept the key. Check it in the file .env and restart the bot.",
    "credits": "There is not enough money on the account at {name}. Top it up and ask again.",
    "key_limit": "{name} does not allow this key such a request. Check its rights and limits.",
    "moderation": "The question did not pass the content check. Put it in another way.",
    "region": "This model cannot be used from your country. Choose another: /models.",
    "gone": "{name} has no such model any more. Choose another: /models.",
    "too_large": "The question is too large for {name}. Send a shorter one or send it in parts.",
    "unprocessable": "The model cannot handle such requests. Choose another: /models.",
    "no_images": "This model does not take pictures. Choose one that sees (👁): /models.",
    "tools_refused": "This model cannot use tools. Ask in other words or choose another: /models.",
    "rate_minute": "Too many questions in a row. Wait a minute and ask again.",
    "rate_day": "The questions of today are used up. Come back tomorrow.",
    "rate_provider": "Too many people are asking this model just now. "
    "Wait a little or choose another: /models.",
    "overloaded": "There are no free servers with this model just now. "
    "Ask later or choose another: /models.",
    "server": "Something broke at {name}. Ask again a little later.",
    "timeout": "The model did not answer in time. Ask again, more briefly, "
    "or choose a faster model: /models.",
    "stalled": "The model fell silent and does not go on. Ask again.",
    "cut": "The connection to {name} broke off in the middle. Ask again.",
    "network": "No connection to {name}. Check the internet and ask again.",
    "proxy": "The proxy by which the bot reaches {name} does not answer or refuses. Check "
    "MODELS_PROXY in the file .env: address, name and password. If it is not there, HTTPS_PROXY in the environment.",
    "tls": "No secure connection to {name} could be made. "
    "Check the certificates, the date and the time of the bot's machine.",
    "bad_body": "{name} sent something that is no answer. Ask again, "
    "and if it goes on, check the server's address in the settings.",
    "empty": "The model sent an empty answer. Ask again or in other words.",
    "reasoning_only": "The model thought for long, and there was no room left for the answer itself. "
    "Ask something simpler or choose another model: /models.",
    "cancelled": "The answer was stopped.",
    ("server", 200): "{name} reported an error instead of an answer. Ask again "
    "or change the model: /models.",
    ("timeout", 408): "{name} did not get the whole question in time: the connection is too slow. "
    "Ask again.",
    ("server", 500): "An internal error of {name}. Ask again in a minute.",
    ("server", 502): "The model's server answered with an error. Ask again "
    "or choose another model: /models.",
    ("overloaded", 503): "The model is not available just now. Ask in a few minutes "
    "or change it: /models.",
    ("timeout", 504): "The model's server did not answer in time. Ask again "
    "or change the model: /models.",
    ("timeout", 524): "The model thought for longer than {name} waits. "
    "Ask more briefly or a little later.",
    ("overloaded", 529): "The model is overloaded with questions. Wait a minute "
    "or choose another: /models.",
}

OPENROUTER: Sentences = {
    "no_key": "There is no key for OpenRouter. Get a free one at https://openrouter.ai/keys, "
    "put it into the file .env: OPENROUTER_API_KEY=… — and restart the bot.",
    "auth": "OpenRouter did not accept the key. Check OPENROUTER_API_KEY in the file .env "
    "or create a new one: https://openrouter.ai/keys. Then restart the bot.",
    "credits": "There is not enough money on the OpenRouter account, and with a debt even free "
    "models do not answer. To top it up: https://openrouter.ai/credits.",
    "key_limit": "The OpenRouter key has used up its limit or its rights are restricted. "
    "To change it: https://openrouter.ai/settings/keys.",
    "gone": "OpenRouter has no such model any more, or the privacy settings of your account "
    "do not allow it. Choose another: /models.",
    "rate_minute": "Too many questions a minute: free models take 20. Wait a little and ask again.",
    "rate_day": "The free questions of today are used up: there are 50 a day, and 1000 once "
    "10 credits have been bought.",
}
GIGACHAT: Sentences = {
    "auth": "GigaChat did not accept the key. Check GIGACHAT_CLIENT_SECRET in the file .env: it takes "
    "the authorization key of a project at https://developers.sber.ru/studio. Then restart the bot.",
    "credits": "The tokens of this GigaChat model are used up. Buy more "
    "at https://developers.sber.ru/studio or choose another model: /models.",
    "key_limit": "GigaChat does not allow this key such a request. Check the plan "
    "at https://developers.sber.ru/studio or choose another model: /models.",
    "rate_provider": "GigaChat asks not to hurry: there are more questions at once than the plan "
    "allows. Wait a little and ask again.",
    "tls": "The certificate of GigaChat could not be verified: only the root certificate of the "
    "Russian Ministry of Digital Development knows it. Download Russian Trusted Root CA (PEM) at "
    "https://www.gosuslugi.ru/crt, put the path of the file into GIGACHAT_CA_BUNDLE and restart the bot.",
}
GIGACHAT_TOKEN: Sentences = {
    **GIGACHAT,
    "bad_request": "GigaChat gave no token: GIGACHAT_SCOPE does not fit the key. For persons "
    "it is GIGACHAT_API_PERS, for companies GIGACHAT_API_B2B or GIGACHAT_API_CORP. "
    "Correct it and restart the bot.",
    "gone": "No tokens are given at the address in GIGACHAT_AUTH_URL. Check it in the file .env "
    "and restart the bot.",
    "bad_body": "Something that is no token came from the address in GIGACHAT_AUTH_URL. "
    "Check it in the file .env and restart the bot.",
}
OPENAI: Sentences = {
    "auth": "{name} did not accept the key. Check OPENAI_API_KEY in the file .env and restart the bot.",
    "network": "No connection to {name}. Check that the server of models is running, "
    "and its address in OPENAI_BASE_URL.",
}
# For people who did not set the bot up, where they would read of settings.
GUEST: Sentences = {
    "bad_body": "{name} sent something that is no answer. Ask again a little later.",
}
NO_ANSWER = "I cannot answer just now: something is wrong on the bot's side."
NO_ANSWER_OWNER_KNOWS = (
    "I cannot answer just now: something is wrong on the bot's side, and its owner knows already. "
    "Please ask later."
)
OWN: Mapping[str, Sentences] = {
    "openrouter": OPENROUTER,
    "gigachat": GIGACHAT,
    "gigachat_token": GIGACHAT_TOKEN,
    "openai": OPENAI,
}


def explain(failure: Failure) -> str:
    """What happened and what to do about it, for whoever set the bot up."""
    return chosen(failure, OWN.get(failure.provider, {}), SHARED)


def explain_to_guest(failure: Failure, *, owner_knows: bool) -> str:
    """The same for everybody else: without keys, money and settings, which are not theirs."""
    if failure.is_for_owner:
        return NO_ANSWER_OWNER_KNOWS if owner_knows else NO_ANSWER
    return chosen(failure, GUEST, SHARED)


def for_owner(failure: Failure) -> str:
    return f"⚠️ I am being asked and cannot answer. {explain(failure)}"


def is_over(label: str) -> str:
    return f"✅ {label} answers again."
