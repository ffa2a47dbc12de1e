//! Names of files below a mount: the effect of `pathTranslation` on a name, and the names that no file can have.

use std::fmt;

/// The treatment of `/` in a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Translation {
    /// `/` stays, and makes directories.
    Off,
    /// `/` becomes this character.
    To(char),
}

/// The reason why a name cannot be a file below the mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileNameFault {
    /// The name is empty.
    Empty,
    /// The name is longer than a path can be.
    TooLong,
    /// The name contains a NUL byte.
    Nul,
    /// Two slashes in a row, or a slash at an end.
    EmptyComponent,
    /// `.` or `..` between slashes.
    DotComponent,
    /// A component is longer than a file name can be.
    LongComponent,
    /// The name begins like the provider's own entries of the volume.
    Reserved,
    /// The name begins with `..`, and the driver writes the files.
    DotDot,
}

impl Translation {
    /// Parses `pathTranslation`; `None` if it is neither one byte nor `False`.
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

    /// The file name for an alias or an object name.
    pub fn file_name(self, name: &str) -> String {
        match self {
            Self::Off => name.trim_start_matches('/').to_owned(),
            Self::To(character) => name.replace('/', character.encode_utf8(&mut [0; 4])),
        }
    }
}

/// Whether the AWS provider itself refuses the name, because it would leave the mount.
pub fn climbs(name: &str) -> bool {
    name.contains("/../") || name.starts_with("../") || name.ends_with("/..")
}

impl FileNameFault {
    /// The reason why a name cannot be a file below the mount.
    ///
    /// The AWS provider has no such list, but refuses the same names when it writes the files: `os.CreateTemp` accepts no
    /// separator, and no file can be renamed to `.` or an empty name. If the driver writes the files, its `fileutil` refuses
    /// every path that is not in its shortest form.
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
