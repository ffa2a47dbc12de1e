//! Names of files below a mount: what `pathTranslation` makes of a name, and which names no file can have.

use std::fmt;

/// What becomes of `/` in a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Translation {
    /// It stays, and makes directories.
    Off,
    /// It becomes this character.
    To(char),
}

/// Why a name cannot be a file below the mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileNameFault {
    /// Nothing is left of it.
    Empty,
    /// It is longer than a path can be.
    TooLong,
    /// It holds a NUL byte.
    Nul,
    /// Two slashes in a row, or one at an end.
    EmptyComponent,
    /// `.` or `..` between slashes.
    DotComponent,
    /// A component is longer than a file name can be.
    LongComponent,
    /// It begins like the provider's own entries of the volume.
    Reserved,
    /// It begins with `..`, and the driver writes the files.
    DotDot,
}

impl Translation {
    /// Reads `pathTranslation`; `None` when it is not one byte and not `False`.
    pub fn parse(text: &str) -> Option<Self> {
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
    pub fn file_name(self, name: &str) -> String {
        match self {
            Self::Off => name.trim_start_matches('/').to_owned(),
            Self::To(character) => name.replace('/', character.encode_utf8(&mut [0; 4])),
        }
    }
}

/// Whether the AWS provider itself refuses the name as one that leaves the mount.
pub fn climbs(name: &str) -> bool {
    name.contains("/../") || name.starts_with("../") || name.ends_with("/..")
}

impl FileNameFault {
    /// Why a name cannot be a file below the mount.
    ///
    /// The AWS provider has no such list, but refuses the same names where it writes the files: `os.CreateTemp` takes no
    /// separator, and nothing can be renamed to `.` or an empty name. Where the driver writes them, its `fileutil` refuses
    /// every path that is not its own shortest form.
    pub fn find(name: &str, reserved: &[&str], driver_writes: bool) -> Option<Self> {
        if name.is_empty() {
            return Some(Self::Empty);
        }
        if name.len() > 4096 {
            return Some(Self::TooLong);
        }
        if name.contains('\0') {
            return Some(Self::Nul);
        }
        for component in name.split('/') {
            match component {
                "" => return Some(Self::EmptyComponent),
                "." | ".." => return Some(Self::DotComponent),
                long if long.len() > 255 => return Some(Self::LongComponent),
                _ => {}
            }
        }
        if reserved.iter().any(|prefix| name.starts_with(prefix)) {
            return Some(Self::Reserved);
        }
        (driver_writes && name.starts_with("..")).then_some(Self::DotDot)
    }
}

impl fmt::Display for FileNameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "it is empty",
            Self::TooLong => "it is longer than 4096 bytes",
            Self::Nul => "it contains a NUL byte",
            Self::EmptyComponent => "it has an empty component",
            Self::DotComponent => "it has a component `.` or `..`",
            Self::LongComponent => "it has a component longer than 255 bytes",
            Self::Reserved => "it begins like the provider's own entries of the volume",
            Self::DotDot => "it begins with `..`, which the driver refuses",
        })
    }
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
    fn names_that_cannot_be_written_below_the_mount_have_a_fault() {
        for name in ["", ".", "..", "a/../b", "a//b", "a/", "/a", "a\0b", "./b"] {
            assert!(FileNameFault::find(name, &[], false).is_some(), "{name:?}");
        }
        let long = "a".repeat(256);
        assert_eq!(
            FileNameFault::find(&long, &[], false),
            Some(FileNameFault::LongComponent)
        );
        for name in ["..x", "a*b", "a..", "a../b", ".hidden", &"a".repeat(255)] {
            assert_eq!(FileNameFault::find(name, &[], false), None, "{name:?}");
        }
        assert_eq!(
            FileNameFault::find("..x", &[], true),
            Some(FileNameFault::DotDot)
        );
    }
}
