"""The verbs: what people do with rounds, invitations, responses and diagnoses. Each takes a session and never commits."""
