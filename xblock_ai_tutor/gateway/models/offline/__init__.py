"""The offline engine: a local server that speaks the Responses API and answers from the lesson that it is given.

It is not a language model and says so. It never sees more than the request, keeps nothing, and the same request gives
the same answer. `retrieve` finds passages, `answer` writes the sentences, `responses` knows the API's shapes, `server`
is the web application; `tutor-gateway engine` runs it.
"""
