"""The pages of the evaluator's workbench: what each shows, made from the store."""
