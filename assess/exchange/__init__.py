"""Files in and out: indicator files, response tables, made-up answers."""
