//! Detects whether a target is a mount point. The driver mounts a tmpfs at the target. If the provider does not see it, the mount
//! propagation is wrong: files would be on the disk of the node, below the tmpfs, and the pod would see an empty volume.

use std::{
    ffi::OsString, fs, io, os::unix::ffi::OsStringExt as _, os::unix::fs::MetadataExt as _,
    path::Path,
};

/// Whether a file system is mounted at a directory.
pub(crate) fn is_mount_point(target: &Path) -> io::Result<bool> {
    let own = fs::metadata(target)?;
    let parent = fs::metadata(target.join(".."))?;
    // Another file system than that of the parent, or the root directory, which is its own parent.
    if own.dev() != parent.dev() || own.ino() == parent.ino() {
        return Ok(true);
    }
    // A bind mount within one file system has the device number of the parent.
    let mounts = fs::read("/proc/self/mountinfo")?;
    let real = fs::canonicalize(target)?;
    Ok(mounts
        .split(|byte| *byte == b'\n')
        .any(|line| place(line) == Some(real.clone().into())))
}

/// The mount point of a line: its fifth field, in which space, tab, line end and backslash are octal
/// (Linux manual page `proc_pid_mountinfo(5)`).
fn place(line: &[u8]) -> Option<OsString> {
    let mut field = line.split(|byte| *byte == b' ').nth(4)?;
    let mut place = Vec::with_capacity(field.len());
    while let Some((&byte, rest)) = field.split_first() {
        let octal = rest.get(..3).filter(|_| byte == b'\\');
        let code =
            octal.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok());
        place.push(code.unwrap_or(byte));
        field = if code.is_some() { rest.get(3..)? } else { rest };
    }
    Some(OsString::from_vec(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mount_points_are_recognised() {
        let directory = tempfile::tempdir().unwrap();
        assert!(!is_mount_point(directory.path()).unwrap());
        assert!(is_mount_point(Path::new("/")).unwrap());
        assert!(is_mount_point(Path::new("/proc")).unwrap());
        assert!(is_mount_point(Path::new("/nowhere")).is_err());
    }

    #[test]
    fn escaped_mount_points_are_decoded() {
        let line = br"36 35 98:0 / /mnt/a\040b\134c rw,noatime master:1 - tmpfs tmpfs rw";
        assert_eq!(place(line).unwrap(), r"/mnt/a b\c");
        assert_eq!(place(b"36 35"), None);
    }
}
