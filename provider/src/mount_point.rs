//! Whether a target is a mount point. The driver mounts a tmpfs there; where the provider does not see it, the mount propagation is
//! wrong, and what is written lands on the node's disk below the tmpfs, while the pod sees an empty volume.

use std::{
    ffi::OsString, fs, io, os::unix::ffi::OsStringExt as _, os::unix::fs::MetadataExt as _,
    path::Path,
};

/// Whether something is mounted at a directory.
pub(crate) fn is_mount_point(target: &Path) -> io::Result<bool> {
    let own = fs::metadata(target)?;
    let parent = fs::metadata(target.join(".."))?;
    // Another file system than the parent's, or the root, which is its own parent.
    if own.dev() != parent.dev() || own.ino() == parent.ino() {
        return Ok(true);
    }
    // A directory of one file system that is mounted in another place has the parent's number.
    let mounts = fs::read("/proc/self/mountinfo")?;
    let real = fs::canonicalize(target)?;
    Ok(mounts
        .split(|byte| *byte == b'\n')
        .any(|line| place(line) == Some(real.clone().into())))
}

/// The place of a mount: the fifth field of a line, in which space, tab, line end and backslash are octal
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
    fn directories_are_told_from_mount_points() {
        let directory = tempfile::tempdir().unwrap();
        assert!(!is_mount_point(directory.path()).unwrap());
        assert!(is_mount_point(Path::new("/")).unwrap());
        assert!(is_mount_point(Path::new("/proc")).unwrap());
        assert!(is_mount_point(Path::new("/nowhere")).is_err());
    }

    #[test]
    fn places_are_read_as_the_kernel_writes_them() {
        let line = br"36 35 98:0 / /mnt/a\040b\134c rw,noatime master:1 - tmpfs tmpfs rw";
        assert_eq!(place(line).unwrap(), r"/mnt/a b\c");
        assert_eq!(place(b"36 35"), None);
    }
}
