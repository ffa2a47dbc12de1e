//! Identifiers of AWS, checked once: an account's id, a region, the ARN of a role.

use crate::{syntax::arn::Arn, text::Text};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{
    borrow::Borrow,
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    ops::Deref,
    sync::Arc,
};

/// The id of an account: twelve digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(Arc<str>);

/// A region, such as `us-east-1`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(Arc<str>);

/// The ARN of a role, path included.
///
/// An unknown part is a hole. As text it is between angle brackets, which no IAM name can contain.
#[derive(Clone)]
pub struct RoleArn {
    shown: Arc<str>,
    text: Text,
}

impl AccountId {
    /// Parses the id of an account.
    pub fn parse(text: &str) -> Option<Self> {
        let is_id = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_id.then(|| Self(text.into()))
    }
}

impl Region {
    /// Parses the name of a region. Whether the region exists is not checked: AWS opens new ones.
    pub fn parse(text: &str) -> Option<Self> {
        let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_region =
            text.bytes().all(is_part) && text.starts_with(|first: char| first.is_ascii_lowercase());
        is_region.then(|| Self(text.into()))
    }
}

impl RoleArn {
    /// Parses the ARN of a role; a part between angle brackets is unknown.
    pub fn parse(text: &str) -> Option<Self> {
        let arn = Arn::parse(text)?;
        let name = arn.resource.strip_prefix("role/")?;
        let is_account = AccountId::parse(arn.account).is_some() || is_hole(arn.account);
        let is_role = arn.service == "iam" && arn.region.is_empty() && is_account;
        let is_named = !name.is_empty() && !name.ends_with('/');
        (is_role && is_named).then(|| Self {
            shown: text.into(),
            text: Text::shown(text),
        })
    }

    /// The role with an ARN, holes included.
    pub fn of(text: &Text) -> Option<Self> {
        let shown = text.to_string();
        let mut role = Self::parse(&shown)?;
        role.text = text.clone();
        Some(role)
    }

    /// The ARN with holes for its unknown parts.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// The name, without the path.
    pub fn name(&self) -> &str {
        self.rsplit('/').next().unwrap_or(self)
    }

    /// The path, with a slash at both ends.
    pub fn path(&self) -> &str {
        let resource = self.split_once(":role").map_or("", |(_, path)| path);
        resource.strip_suffix(self.name()).unwrap_or(resource)
    }

    /// The account, if it is known.
    pub fn account(&self) -> Option<AccountId> {
        AccountId::parse(self.shown_account())
    }

    /// The account for display: twelve digits, or the missing fact between angle brackets.
    pub fn shown_account(&self) -> &str {
        Arn::parse(self).map_or("", |arn| arn.account)
    }

    /// The account, with a hole if it is unknown.
    pub fn account_text(&self) -> Text {
        Text::shown(self.shown_account())
    }
}

/// Whether a text is a single hole, as displayed.
fn is_hole(text: &str) -> bool {
    text.strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
        .is_some_and(|name| !name.contains(['<', '>']))
}

impl From<&AccountId> for Text {
    fn from(id: &AccountId) -> Self {
        Self::from(&**id)
    }
}

impl From<&Region> for Text {
    fn from(region: &Region) -> Self {
        Self::from(&**region)
    }
}

impl PartialEq for RoleArn {
    fn eq(&self, other: &Self) -> bool {
        self.shown == other.shown
    }
}

impl Eq for RoleArn {}

impl PartialOrd for RoleArn {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RoleArn {
    fn cmp(&self, other: &Self) -> Ordering {
        self.shown.cmp(&other.shown)
    }
}

impl Hash for RoleArn {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.shown.hash(state);
    }
}

macro_rules! as_text {
    ($($name:ident by $field:tt expecting $wanted:literal;)*) => {$(
        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                self
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.$field
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                **self == *other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                **self == **other
            }
        }

        impl PartialEq<String> for $name {
            fn eq(&self, other: &String) -> bool {
                **self == **other
            }
        }

        impl PartialEq<$name> for String {
            fn eq(&self, other: &$name) -> bool {
                **self == **other
            }
        }

        impl PartialEq<$name> for str {
            fn eq(&self, other: &$name) -> bool {
                *self == **other
            }
        }

        impl PartialEq<$name> for &str {
            fn eq(&self, other: &$name) -> bool {
                **self == **other
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&**self, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| D::Error::custom(concat!("expected ", $wanted)))
            }
        }
    )*};
}

as_text! {
    AccountId by 0 expecting "the twelve digits of an account";
    Region by 0 expecting "a region";
    RoleArn by shown expecting "the ARN of a role";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_twelve_digits() {
        assert_eq!(AccountId::parse("111122223333").unwrap(), "111122223333");
        for text in ["", "aws", "11112222333", "1111222233334", "<account>"] {
            assert_eq!(AccountId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_region_is_a_name_of_letters_digits_and_hyphens() {
        for text in ["us-east-1", "us-gov-west-1", "eusc-de-east-1"] {
            assert!(Region::parse(text).is_some(), "{text}");
        }
        for text in ["", "US-EAST-1", "<region>", "us east 1", "-"] {
            assert_eq!(Region::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_arn_of_a_role_has_a_name_a_path_and_an_account() {
        let role = RoleArn::parse("arn:aws:iam::111122223333:role/team/a/reader").unwrap();
        assert_eq!((role.name(), role.path()), ("reader", "/team/a/"));
        assert_eq!(role.account().unwrap(), "111122223333");
        assert!(role.text().is_known());
        let plain = RoleArn::parse("arn:aws:iam::111122223333:role/reader").unwrap();
        assert_eq!((plain.name(), plain.path()), ("reader", "/"));
        for text in [
            "reader",
            "arn:aws:iam::111122223333:user/reader",
            "arn:aws:iam::aws:role/reader",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:sts::111122223333:assumed-role/reader/x",
        ] {
            assert_eq!(RoleArn::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_not_known_of_a_role_is_a_hole() {
        let shown = "arn:aws:iam::<account>:role/app-<suffix>";
        let role = RoleArn::parse(shown).unwrap();
        assert_eq!(role, shown);
        assert_eq!(role.account(), None);
        let holes: Vec<_> = role
            .text()
            .holes()
            .iter()
            .map(|(_, hole)| &*hole.name)
            .collect();
        assert_eq!(holes, ["account", "suffix"]);
        assert_eq!(role.text().to_string(), shown);
        let whole = RoleArn::of(role.text()).unwrap();
        assert_eq!(whole, role);
    }
}
