"""Answers of a form that is given: by a regular expression, or as JSON by a schema.

`terms.py` has languages of bytes and what remains of them after a byte, `regex.py` and `schema.py` write expressions
and schemas as such languages, `automaton.py` finds the tokens that may come next, of which `vocabulary.py` knows the
bytes.
"""

from taeda.llm.constraints.automaton import Automaton, Matcher, automaton_of, by_regex, by_schema
from taeda.llm.constraints.terms import ConstraintError

__all__ = ["Automaton", "ConstraintError", "Matcher", "automaton_of", "by_regex", "by_schema"]
