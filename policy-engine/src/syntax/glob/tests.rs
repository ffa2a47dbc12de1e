//! The matches of patterns, form by form.

use super::*;
use crate::text::HoleKind;

const GLOB: Syntax = Syntax {
    wildcards: true,
    variables: true,
};

fn pattern(text: &str) -> Pattern {
    Pattern::new(&Text::from(text), GLOB).0
}

struct Team(&'static str, Text);

impl Resolve for Team {
    fn resolve(&self, variable: &Variable) -> Resolved<'_> {
        if variable.key.is(self.0) {
            Resolved::Text(&self.1)
        } else {
            Resolved::Absent
        }
    }
}

#[test]
fn wildcards_match_as_documented() {
    for (glob, text, expected) in [
        ("*", "", true),
        ("a*", "a", true),
        ("a?c", "abc", true),
        ("a?c", "ac", false),
        ("*b*", "abc", true),
        ("a*b*c", "a-b-b-c", true),
        ("a*bc", "abcbc", true),
        ("a**c", "abc", true),
        ("*a?", "aab", true),
        ("a*a", "a", false),
        ("?", "é", true),
        ("*é?", "xéy", true),
        ("", "", true),
        ("", "a", false),
    ] {
        assert_eq!(pattern(glob).matches_str(text), expected, "{glob} {text}");
    }
}

#[test]
fn many_stars_stay_linear() {
    let glob = pattern(&format!("{}b", "*a".repeat(500)));
    assert!(!glob.matches_str(&"a".repeat(20_000)));
}

#[test]
fn a_star_from_a_value_is_literal() {
    let values = Team("team", Text::from("a*"));
    let glob = pattern("${team}");
    assert_eq!(
        glob.matches(&Text::from("abc"), &values, Case::Sensitive),
        Match::NO
    );
    assert_eq!(
        glob.matches(&Text::from("a*"), &values, Case::Sensitive),
        Match::YES
    );
    assert_eq!(
        glob.matches(&Text::from("a*"), &NoVariables, Case::Sensitive),
        Match::UNRESOLVED
    );
}

#[test]
fn case_is_ignored_letter_by_letter() {
    let plain = Pattern::literal("Team-A");
    assert_eq!(
        plain.matches(&Text::from("tEAM-a"), &NoVariables, Case::Ignored),
        Match::YES
    );
    let sharp = Pattern::literal("ß");
    assert_eq!(
        sharp.matches(&Text::from("ss"), &NoVariables, Case::Ignored),
        Match::NO
    );
}

#[test]
fn a_hole_may_repeat_one_character_and_lower_case_may_be_longer() {
    let suffix = Text::hole("suffix", HoleKind::SecretSuffix);
    let any = Text::hole("any", HoleKind::Any);
    let wild = Syntax {
        wildcards: true,
        variables: false,
    };
    let plain = Syntax {
        wildcards: false,
        variables: false,
    };
    for (pattern, syntax, text, case, expected) in [
        (
            Text::from("*").then(&suffix),
            wild,
            suffix.then(&Text::from("a")),
            Case::Sensitive,
            Truth::Unknown,
        ),
        (
            Text::from("i").then(&any),
            plain,
            Text::from("\u{130}").then(&any),
            Case::Ignored,
            Truth::Unknown,
        ),
    ] {
        let actual = Pattern::new(&pattern, syntax)
            .0
            .matches(&text, &NoVariables, case);
        assert_eq!(actual, Match::is(expected), "{pattern:?} {text:?}");
    }
}

#[test]
fn two_ids_may_be_the_same_but_for_case() {
    let key = Text::hole("key", HoleKind::KeyId);
    let other = Text::hole("other key", HoleKind::KeyId);
    let syntax = Syntax {
        wildcards: false,
        variables: false,
    };
    let pattern = Pattern::new(&key, syntax).0;
    for (text, case, expected) in [
        (&other, Case::Sensitive, Truth::False),
        (&other, Case::Ignored, Truth::Unknown),
        (&key, Case::Ignored, Truth::True),
    ] {
        let actual = pattern.matches(text, &NoVariables, case);
        assert_eq!(actual, Match::is(expected), "{case:?}");
    }
}

#[test]
fn holes_leave_the_answer_open_unless_every_filling_agrees() {
    let secret = Text::from("db-").then(&Text::hole("suffix of db", HoleKind::SecretSuffix));
    for (glob, expected) in [
        ("db-??????", Truth::True),
        ("db-*", Truth::True),
        ("db*", Truth::True),
        ("db", Truth::False),
        ("db-?????", Truth::False),
        ("db-AbCdEf", Truth::Unknown),
        ("db-AbCd.f", Truth::False),
        ("db-backup-??????", Truth::False),
        ("*a*", Truth::Unknown),
        ("other", Truth::False),
    ] {
        assert_eq!(
            pattern(glob).matches(&secret, &NoVariables, Case::Sensitive),
            Match::is(expected),
            "{glob}"
        );
    }
    let same = Pattern::new(&secret, GLOB).0;
    assert_eq!(
        same.matches(&secret, &NoVariables, Case::Sensitive),
        Match::YES
    );
    let other = Text::from("db-").then(&Text::hole("suffix of another", HoleKind::SecretSuffix));
    assert_eq!(
        same.matches(&other, &NoVariables, Case::Sensitive),
        Match::NO
    );
}

#[test]
fn an_unknown_variable_leaves_the_answer_open() {
    let values = Team("team", Text::hole("team", HoleKind::Any));
    assert_eq!(
        pattern("${team}/*").matches(&Text::from("a/b"), &values, Case::Sensitive),
        Match {
            truth: Truth::Unknown,
            unresolved: Truth::False,
        }
    );
    assert_eq!(
        pattern("${team}/*").matches(&Text::from("ab"), &values, Case::Sensitive),
        Match::NO
    );
    let same = Text::hole("team", HoleKind::Any);
    assert_eq!(
        pattern("${team}").matches(&same, &values, Case::Sensitive),
        Match::YES
    );
}

#[test]
fn a_table_beyond_all_sizes_leaves_the_answer_open() {
    let values = Team("team", Text::hole("team", HoleKind::Any));
    let long = "a".repeat(200_000);
    let glob = pattern(&format!("{long}${{team}}"));
    let result = glob.matches(&Text::from(long), &values, Case::Sensitive);
    assert_eq!(result.truth, Truth::Unknown);
}

#[test]
fn a_text_of_malformed_variables_reports_the_first_of_them() {
    let errors = |text: &str| Pattern::new(&Text::from(text), GLOB).1;
    assert_eq!(errors(&"${".repeat(3)).len(), 3);
    let many = errors(&"${".repeat(1_000));
    assert_eq!((many.len(), many[1].span.start), (32, 2));
}
