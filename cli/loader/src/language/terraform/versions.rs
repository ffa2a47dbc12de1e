//! Whether a module that `terraform init` has installed is the one that a call names.
//!
//! Terraform documentation, "Version Constraints" and "Module Sources"; `terraform plan` refuses an installed module of another source or
//! version.

use std::{cmp::Ordering, path::PathBuf};

/// A module below `.terraform/modules`.
pub(super) struct Installed {
    pub(super) folder: PathBuf,
    /// The address that it was installed from.
    pub(super) source: String,
    /// Its version; empty for a module that is not from a registry.
    pub(super) version: String,
}

/// What the call of a module names.
pub(super) struct Wanted {
    pub(super) source: String,
    /// Empty if it is no literal.
    pub(super) version: Option<String>,
}

impl Installed {
    /// Whether it is what a call names.
    pub(super) fn fits(&self, wanted: &Wanted) -> bool {
        let is_same = address(&self.source) == address(&wanted.source);
        is_same
            && wanted
                .version
                .as_deref()
                .is_none_or(|constraint| satisfies(&self.version, constraint))
    }
}

/// An address without what Terraform adds to it.
fn address(source: &str) -> String {
    let plain = source
        .strip_prefix("registry.terraform.io/")
        .unwrap_or(source);
    let plain = plain.strip_prefix("git::").unwrap_or(plain);
    let plain = plain.strip_prefix("https://").unwrap_or(plain);
    plain.replacen(".git", "", 1)
}

/// Whether a version is within a constraint such as `~> 5.0, != 5.3.1`; false where either is no version of numbers.
fn satisfies(version: &str, constraint: &str) -> bool {
    let Some(version) = numbers(version) else {
        return false;
    };
    constraint.split(',').all(|part| {
        let part = part.trim();
        let digits = part.find(|letter: char| letter.is_ascii_digit());
        let Some((operator, wanted)) = digits.and_then(|at| part.split_at_checked(at)) else {
            return false;
        };
        let Some(wanted) = numbers(wanted) else {
            return false;
        };
        let order = compared(&version, &wanted);
        match operator.trim() {
            "" | "=" => order == Ordering::Equal,
            "!=" => order != Ordering::Equal,
            ">" => order == Ordering::Greater,
            ">=" => order != Ordering::Less,
            "<" => order == Ordering::Less,
            "<=" => order != Ordering::Greater,
            // All numbers but the last are fixed.
            "~>" => {
                let fixed = wanted.len().saturating_sub(1).max(1);
                order != Ordering::Less
                    && wanted
                        .iter()
                        .zip(&version)
                        .take(fixed)
                        .all(|(wanted, own)| wanted == own)
            }
            _ => false,
        }
    })
}

fn numbers(version: &str) -> Option<Vec<u64>> {
    version
        .trim()
        .split('.')
        .map(|part| part.parse().ok())
        .collect()
}

/// The order of two versions; a number that is left out is 0.
fn compared(left: &[u64], right: &[u64]) -> Ordering {
    let count = left.len().max(right.len());
    let at = |version: &[u64], at: usize| version.get(at).copied().unwrap_or(0);
    let orders = (0..count).map(|place| at(left, place).cmp(&at(right, place)));
    orders.fold(Ordering::Equal, Ordering::then)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installed_module_fits_its_call_alone() {
        // The installed source and version, the source and version of the call, and whether it fits.
        let registry = "registry.terraform.io/a/role/aws";
        let rows = [
            (registry, "1.2.3", "a/role/aws", Some("1.2.3"), true),
            (registry, "1.2.3", "a/role/aws", None, true),
            (registry, "1.2.3", "a/role/aws", Some("~> 1.2"), true),
            (registry, "1.9.0", "a/role/aws", Some("~> 1.2"), true),
            (registry, "2.0.0", "a/role/aws", Some("~> 1.2"), false),
            (registry, "1.3.0", "a/role/aws", Some("~> 1.2.0"), false),
            (registry, "5.1.0", "a/role/aws", Some(">= 5.0, < 6.0"), true),
            (
                registry,
                "6.0.0",
                "a/role/aws",
                Some(">= 5.0, < 6.0"),
                false,
            ),
            (registry, "5.3.1", "a/role/aws", Some("!= 5.3.1"), false),
            (registry, "1.0.0", "a/role/aws", Some("2.0.0"), false),
            (registry, "2.0.0-beta", "a/role/aws", Some("2.0.0"), false),
            (registry, "1.0.0", "a/role/aws", Some(""), false),
            (registry, "1.0.0", "b/role/aws", Some("1.0.0"), false),
            (
                "registry.terraform.io/a/role/aws//sub",
                "1.0.0",
                "a/role/aws//sub",
                None,
                true,
            ),
            (
                "git::https://github.com/a/b.git?ref=v1",
                "",
                "github.com/a/b?ref=v1",
                None,
                true,
            ),
            (
                "git::https://github.com/a/b.git?ref=v1",
                "",
                "git::https://github.com/a/b.git?ref=v2",
                None,
                false,
            ),
        ];
        for (installed, own, source, version, fits) in rows {
            let module = Installed {
                folder: PathBuf::new(),
                source: installed.to_owned(),
                version: own.to_owned(),
            };
            let wanted = Wanted {
                source: source.to_owned(),
                version: version.map(str::to_owned),
            };
            assert_eq!(
                module.fits(&wanted),
                fits,
                "{installed} {own}: {source} {version:?}"
            );
        }
    }
}
