//! Whether a text is the value of a secret, or a place for one.

/// How references of tools and encrypted texts begin.
const REFERENCES: [&str; 11] = [
    "AQICA", "ENC[", "ref+", "vault:", "$__", "arn:", "file://", "ssm:", "op://", "<path:", "akv:",
];
/// The signs between which tools write the name of what they fill in.
const BRACKETS: [(&str, &str); 7] = [
    ("{{", "}}"),
    ("${", "}"),
    ("$(", ")"),
    ("#{", "}"),
    ("__", "__"),
    ("@@", "@@"),
    ("%", "%"),
];
/// Words that wait for a value.
const WAITING: [&str; 17] = [
    "change",
    "changeme",
    "changeit",
    "replace",
    "replaceme",
    "placeholder",
    "redacted",
    "example",
    "dummy",
    "todo",
    "fixme",
    "insert",
    "enter",
    "fill",
    "your",
    "here",
    "tbd",
];
/// Words for a value: a text of several of them is no value.
const KINDS: [&str; 11] = [
    "my", "the", "some", "value", "secret", "key", "token", "password", "test", "sample", "",
];
/// Words that wait for a value, whatever is beside them.
const PHRASES: [&str; 5] = ["change-me", "change_me", "replace-me", "replace_me", "xxxx"];
/// Words that are switches, and texts without content.
const SWITCHES: [&str; 10] = [
    "yes", "no", "true", "false", "on", "off", "null", "none", "{}", "[]",
];

/// Whether a text is a value itself: no reference that is filled in later, no word that waits for a value, nothing that is encrypted.
pub(crate) fn is_value(text: &str) -> bool {
    let text = text.trim();
    let mut characters = text.chars();
    let first = characters.next();
    let is_repeated = characters.all(|character| Some(character) == first);
    let is_open = text.len() < 3
        || is_repeated
        || SWITCHES.iter().any(|word| text.eq_ignore_ascii_case(word))
        || REFERENCES.iter().any(|start| text.starts_with(start))
        || text.contains("***")
        // AWS writes keys of its documentation like this.
        || text.contains("EXAMPLE")
        || is_variable(text)
        || is_path(text)
        || is_waiting(text)
        || is_filled(text);
    !is_open
}

/// `$DB_PASSWORD`
fn is_variable(text: &str) -> bool {
    text.strip_prefix('$').is_some_and(|name| {
        let mut letters = name.bytes();
        letters.all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    })
}

/// Whether a text is the place of a value: `/mnt/secrets/db/password`.
fn is_path(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('/') else {
        return false;
    };
    let is_of_path = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'.' | b'-' | b'_');
    let mut steps = rest.trim_end_matches('/').split('/');
    rest.contains('/') && steps.all(|step| !step.is_empty() && step.bytes().all(is_of_path))
}

/// Words of lines that may hold the value of a secret.
const SECRET_WORDS: [&str; 10] = [
    "pass", "secret", "token", "key", "cred", "auth", "private", "cert", "pwd", "account",
];
/// The least characters of a text without spaces that may be random.
const RANDOM: usize = 20;

/// Whether a text is configuration that holds no value: an address without a password, a path, or lines without a word for a secret.
pub(crate) fn is_setting(text: &str) -> bool {
    let text = text.trim();
    if let Some(is_plain) = address(text).filter(|_| !text.contains(char::is_whitespace)) {
        return is_plain && !text.contains(['?', '#']);
    }
    let lower = text.to_lowercase();
    let is_random = |word: &str| {
        word.len() >= RANDOM
            && word.bytes().any(|byte| byte.is_ascii_digit())
            && word.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    let is_end = |character: char| !(character.is_alphanumeric() || matches!(character, '+' | '='));
    let is_configuration = text.contains('\n') || text.starts_with('{') || text.starts_with('/');
    is_configuration
        && !lower.contains("://")
        && !SECRET_WORDS.iter().any(|word| lower.contains(word))
        && !text.split(is_end).any(is_random)
}

/// Whether a text consists of words, and one of them waits for a value.
fn is_waiting(text: &str) -> bool {
    let lower = text.to_lowercase();
    if PHRASES.iter().any(|phrase| lower.contains(phrase)) {
        return true;
    }
    let is_end = |character: char| !character.is_alphanumeric();
    let words = lower.split(is_end).filter(|word| !word.is_empty());
    let words: Vec<_> = words.map(without_number).collect();
    let is_kind = |word: &&str| KINDS.contains(word);
    let is_named = words.iter().all(is_kind) && words.len() > 1;
    is_named
        || words.iter().all(|word| is_word(word)) && words.iter().any(|word| WAITING.contains(word))
}

/// A word without a number of at most two digits at its end.
fn without_number(word: &str) -> &str {
    let stem = word.trim_end_matches(|character: char| character.is_ascii_digit());
    if word.len() - stem.len() <= 2 {
        stem
    } else {
        word
    }
}

fn is_word(word: &str) -> bool {
    !word.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a text has parts that a tool fills in, and words around them, as in an address.
fn is_filled(text: &str) -> bool {
    let (rest, is_any) = without_parts(text);
    let mut words = rest.split(|character: char| !character.is_alphanumeric());
    is_any && address(&rest).unwrap_or_else(|| words.all(is_word))
}

/// Whether a text is an address without a password; `None` if it is no address.
fn address(text: &str) -> Option<bool> {
    let (_, rest) = text.split_once("://")?;
    let user = rest.split_once('@').map_or("", |(user, _)| user);
    let password = user.split_once(':').map_or("", |(_, password)| password);
    Some(password.is_empty())
}

/// A text without the parts that a tool fills in, and whether there are such parts.
fn without_parts(text: &str) -> (String, bool) {
    let (mut rest, mut left, mut is_any) = (String::new(), text, false);
    while let Some(character) = left.chars().next() {
        if let Some(end) = part(left) {
            is_any = true;
            left = left.get(end..).unwrap_or("");
            continue;
        }
        rest.push(character);
        left = left.get(character.len_utf8()..).unwrap_or("");
    }
    (rest, is_any)
}

/// The length of the part with which a text begins.
fn part(text: &str) -> Option<usize> {
    let brackets = BRACKETS.iter().find_map(|(open, close)| {
        let inner = text.strip_prefix(open)?;
        let end = inner.find(close).filter(|end| *end > 0)?;
        let name = inner.get(..end)?;
        let is_name = open.len() > 1 && *open != *close || name.chars().all(is_of_name);
        is_name.then_some(open.len() + end + close.len())
    });
    let angled = || {
        let inner = text.strip_prefix('<')?;
        let end = inner.find('>').filter(|end| *end > 0)?;
        let name = inner.get(..end)?;
        let is_name = |character: char| is_of_name(character) && !character.is_ascii_digit();
        name.chars()
            .all(|character| is_name(character) || matches!(character, ' ' | '-' | '.'))
            .then_some(end + 2)
    };
    brackets.or_else(angled)
}

fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_contain_signs_and_words_of_placeholders() {
        let values = [
            "hunter2",
            "{\"p\":\"x\"}",
            "postgres://app:hunter2@db",
            "-----BEGIN PRIVATE KEY-----",
            "Xk<9>pq2Lz",
            "p@ss${word-Qx81",
            "changeme123!Q",
            "<3myDog4ever>",
            "100%sure%42",
            "correct-horse-battery",
            "postgres://app:hunter2@${HOST}/db",
            "/x9Qp2/zz81",
            "/hunter",
        ];
        let wrong: Vec<_> = values.iter().filter(|text| !is_value(text)).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn references_switches_and_waiting_words_are_no_values() {
        let none = [
            "",
            "  ",
            "yes",
            "True",
            "{}",
            "ENC[AES256_GCM,data:x]",
            "ref+awssecrets://x",
            "vault:secret/x#y",
            "$__file{/x}",
            "postgres://<user>:<password>@db",
            "CHANGE_ME",
            "${P}",
            "$(P)",
            "{{ .x }}",
            "dummy",
            "TBD",
            "AQICAHx",
            "<password>",
            "<path:avp/data/db1#key>",
            "your-password-here",
            "YOUR_PASSWORD",
            "__PASSWORD__",
            "@@PASSWORD@@",
            "%PASSWORD%",
            "#{PASSWORD}#",
            "op://vault/db/password",
            "insert-here",
            "INSERT_PASSWORD_HERE",
            "fill-me-in",
            "...",
            "xxxxxx",
            "p-XXXX",
            "$DB_PASSWORD",
            "replace-with-real-password",
            "value-2",
            "my-secret",
            "{\"password\":\"replace-me-51c9\"}",
            "Bearer ${TOKEN}",
            "/mnt/secrets/db/password",
            "/pay/prod/db-password",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        ];
        let wrong: Vec<_> = none.iter().filter(|text| is_value(text)).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn configuration_without_a_word_for_a_secret_is_a_setting() {
        let settings = [
            "https://github.com/org/app.git",
            "/etc/app/config.yaml",
            "level: info\nport: 8080\n",
            "{\"level\":\"info\"}",
            "[default]\nregion = eu-west-1\n",
        ];
        let wrong: Vec<_> = settings.iter().filter(|text| !is_setting(text)).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        let values = [
            "https://app:hunter2@db",
            "https://hooks.slack.com/x?t=1",
            "correct-horse",
            "user: a\npassword: b\n",
            "line\nAbC123AbC123AbC123AbC123\n",
            "postgres://db/x\nother",
        ];
        let wrong: Vec<_> = values.iter().filter(|text| is_setting(text)).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
