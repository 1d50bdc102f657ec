"""Every rule on both sides of its boundary, and the proof that no rule is forgotten here."""

import ast
import inspect
from collections.abc import Iterable
from dataclasses import replace
from types import ModuleType

import pytest

from desktop.core import fixes, request_rules, rules
from desktop.core.conventions import KLING, STRICT
from desktop.core.label_map import counts
from desktop.core.models import KLING_4K
from desktop.core.request_rules import check_request
from desktop.core.rules import blocking, check_shot
from desktop.core.shot import Shot
from tests.rule_cases import (
    LINE,
    SHOT_CASES,
    Case,
    asked,
    lasting,
    problems_of,
    six_groups,
    with_duration,
    with_prompt,
)
from tests.rule_cases_request import REQUEST_CASES, group, request
from tests.shots import asset, moving, path, picture, shot


@pytest.mark.parametrize("case", [*SHOT_CASES, *REQUEST_CASES], ids=str)
def test_a_rule_holds_on_both_sides_of_its_boundary(case: Case) -> None:
    for subject in case.good:
        assert problems_of(subject, case) == []
    for subject in case.bad:
        (problem,) = problems_of(subject, case)
        assert (problem.severity, problem.where) == (case.severity, case.where)
        assert (None if problem.fix is None else problem.fix.code) == case.fix
        assert problem.text.endswith(".")
        assert "{" not in problem.text + problem.why
        assert problem.fix is None or problem.fix.label


# The list of problems as a whole.


def test_a_sound_shot_and_a_sound_request_have_no_problem() -> None:
    assert check_shot(moving(LINE), KLING_4K, STRICT) == ()
    assert check_shot(six_groups(), KLING_4K, STRICT) == ()
    assert check_request(request(static_mask=asset(), dynamic_masks=(group(),)), KLING_4K) == ()


def test_errors_come_first_and_only_they_block() -> None:
    subject = with_prompt(replace(moving(path((0, 0), (9, 900))), end_frame=picture(900, 480)), "slowly")
    found = check_shot(with_duration(subject, 2), KLING_4K, KLING)
    assert [problem.severity for problem in found] == ["error"] + ["warning"] * 4 + ["hint"] * 2
    assert [problem.code for problem in blocking(found)] == ["duration-choice"]
    assert blocking(check_shot(subject, KLING_4K, KLING)) == ()


def test_counts_that_are_known_are_not_taken_again() -> None:
    subject = moving(None)
    known = check_shot(subject, KLING_4K, KLING, counts(subject.label_map))
    assert known == check_shot(subject, KLING_4K, KLING)
    assert [problem.code for problem in check_shot(subject, KLING_4K, KLING, {1: 0})] == ["area-empty"]


@pytest.mark.parametrize(
    ("subject", "text", "button"),
    [
        (
            shot(picture(1000, 300)),
            "The picture is 1000 × 300 pixels, an aspect of 3.333:1; the service takes 1:2.5 to 2.5:1.",
            "Crop to 750 × 300",
        ),
        (
            shot(picture(598, 299)),
            "The picture is 598 × 299 pixels; both sides must have at least 300.",
            "Scale up to 600 × 300",
        ),
        (lasting(17)[0], "Kling 4K makes videos of 3 to 15 seconds, not 17.", "Use 15 s"),
        (
            asked({"negative_prompt": "x" * 2501})[0],
            "The negative prompt has 2501 characters; at most 2500 are taken.",
            "Cut to 2500 characters",
        ),
        (
            moving(path((150, 150), (300, 200), count=78)),
            "The path of “Area 1” asks for 78 points; 2 to 77 are taken.",
            "Choose by length",
        ),
    ],
)
def test_sentences_and_buttons_give_the_figures(subject: Shot, text: str, button: str) -> None:
    (problem,) = blocking(check_shot(subject, KLING_4K, KLING))
    assert problem.fix is not None
    assert (problem.text, problem.fix.label) == (text, button)


# No rule without a case.

PLACEHOLDERS = {"where": ("image", "end_frame"), "name": ("prompt", "negative_prompt")}


def expanded(node: ast.expr) -> set[str]:
    """The codes a literal or an f-string with one placeholder stands for."""
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    assert isinstance(node, ast.JoinedStr), ast.dump(node)
    variable, ending = node.values
    assert isinstance(variable, ast.FormattedValue)
    assert isinstance(variable.value, ast.Name)
    assert isinstance(ending, ast.Constant)
    assert isinstance(ending.value, str)
    return {value + ending.value for value in PLACEHOLDERS[variable.value.id]}


def calls(name: str, within: ast.AST) -> Iterable[ast.Call]:
    for node in ast.walk(within):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def codes_by_function(module: ModuleType, made_by: str) -> dict[str, set[str]]:
    tree = ast.parse(inspect.getsource(module))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name != made_by]
    return {
        function.name: {code for call in calls(made_by, function) for code in expanded(call.args[0])}
        for function in functions
    }


def shown(cases: Iterable[Case]) -> set[str]:
    return {case.code for case in cases if case.good and case.bad}


def test_every_problem_in_the_source_has_its_case() -> None:
    found = codes_by_function(rules, "Problem")
    in_shot = set().union(*found.values())
    in_request = set().union(
        found["_texts"],
        found["_numbers"],
        found["_webhook"],
        *codes_by_function(request_rules, "_error").values(),
    )
    assert len(in_shot) > 15
    assert in_shot == shown(SHOT_CASES)
    assert in_request == shown(REQUEST_CASES)


def test_every_fix_in_the_source_is_offered_and_has_its_case() -> None:
    offered = {
        code for call in calls("Fix", ast.parse(inspect.getsource(rules))) for code in expanded(call.args[0])
    }
    known = {
        str(pattern.value.value)
        for pattern in ast.walk(ast.parse(inspect.getsource(fixes)))
        if isinstance(pattern, ast.MatchValue) and isinstance(pattern.value, ast.Constant)
    }
    assert offered == known == {case.fix for case in SHOT_CASES if case.fix}
