//! Names of files below the mount: translation, and one validator for both write modes.

/// How the names of the writer's staging directories begin.
pub(crate) const STAGING: &str = ".ascp-provider-";

/// What becomes of `/` in a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Translation {
    /// It stays, and makes directories.
    Off,
    /// It becomes this character.
    To(char),
}

impl Translation {
    /// Reads the attribute `pathTranslation`; `None` when it is not one byte and not `False`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::To('_'));
        }
        if text.eq_ignore_ascii_case("false") {
            return Some(Self::Off);
        }
        match text.as_bytes() {
            [byte] => Some(Self::To(char::from(*byte))),
            _ => None,
        }
    }

    /// The file name that an alias or an object name gets.
    pub(crate) fn file_name(self, name: &str) -> String {
        match self {
            Self::Off => name.trim_start_matches('/').to_owned(),
            Self::To(character) => name.replace('/', character.encode_utf8(&mut [0; 4])),
        }
    }
}

/// Whether upstream refuses the name as one that climbs out of the mount.
pub(crate) fn climbs(name: &str) -> bool {
    name.contains("/../") || name.starts_with("../") || name.ends_with("/..")
}

/// Why a name cannot be a file below the mount; `None` when it can.
pub(crate) fn problem(name: &str, driver_writes: bool) -> Option<&'static str> {
    if name.is_empty() {
        return Some("it is empty");
    }
    if name.len() > 4096 {
        return Some("it is longer than 4096 bytes");
    }
    if name.contains('\0') {
        return Some("it contains a NUL byte");
    }
    for component in name.split('/') {
        match component {
            "" => return Some("it has an empty component"),
            "." | ".." => return Some("it has a component `.` or `..`"),
            long if long.len() > 255 => return Some("it has a component longer than 255 bytes"),
            _ => {}
        }
    }
    if name.starts_with(STAGING) {
        return Some("it begins like this provider's own staging directories");
    }
    if driver_writes && name.starts_with("..") {
        return Some("it begins with `..`, which the driver refuses");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_translated_as_upstream_does() {
        let cases = [
            ("", "/a/b", "_a_b"),
            ("-", "a/b", "a-b"),
            ("False", "/a", "a"),
            ("FALSE", "//a/b", "a/b"),
            ("/", "a/b", "a/b"),
            (
                "",
                "arn:aws:ssm:r:1:parameter/a",
                "arn:aws:ssm:r:1:parameter_a",
            ),
        ];
        for (translation, name, file) in cases {
            let translation = Translation::parse(translation).unwrap();
            assert_eq!(translation.file_name(name), file);
        }
        for text in ["--", "True", "é"] {
            assert_eq!(Translation::parse(text), None);
        }
    }

    #[test]
    fn the_validator_refuses_what_cannot_be_written_below_the_mount() {
        for name in ["", ".", "..", "a/../b", "a//b", "a/", "/a", "a\0b", "a/./b"] {
            assert!(problem(name, false).is_some(), "{name:?}");
        }
        assert!(problem(&"a".repeat(256), false).is_some());
        for name in ["..x", "a*b", "a..", "a../b", ".hidden", &"a".repeat(255)] {
            assert_eq!(problem(name, false), None, "{name:?}");
        }
        assert!(problem("..x", true).is_some());
    }
}
