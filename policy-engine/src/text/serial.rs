//! Text in a snapshot: a string, or a list of strings and holes.

use super::{
    hole::Hole,
    holed::{Part, Text, listed},
    shared::Str,
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{SeqAccess, Visitor},
};
use std::fmt;

impl Serialize for Str {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Str {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.known() {
            Some(known) => serializer.serialize_str(known),
            None => serializer.collect_seq(self.parts()),
        }
    }
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Literal(text) => serializer.serialize_str(text),
            Self::Hole(hole) => hole.serialize(serializer),
        }
    }
}

/// A part that owns its text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Owned {
    Literal(String),
    Hole(Hole),
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Texts)
    }
}

struct Texts;

impl<'de> Visitor<'de> for Texts {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, or a list of strings and holes")
    }

    fn visit_str<E>(self, text: &str) -> Result<Text, E> {
        Ok(Text::from(text))
    }

    fn visit_string<E>(self, text: String) -> Result<Text, E> {
        Ok(Text::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Text, A::Error> {
        let (mut literal, mut holes) = (String::new(), Vec::new());
        while let Some(part) = parts.next_element()? {
            match part {
                Owned::Literal(text) => literal.push_str(&text),
                Owned::Hole(hole) => holes.push((crate::source::to_u32(literal.len()), hole)),
            }
        }
        Ok(Text {
            literal: literal.into(),
            holes: listed(holes),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::HoleKind;

    #[test]
    fn a_text_with_holes_comes_back_as_it_was() {
        let hole = |name: &'static str| Text::hole(name, HoleKind::SecretSuffix);
        let text = hole("a")
            .then(&Text::from("é-"))
            .then(&hole("b"))
            .then(&hole("c"));
        let written = serde_json::to_string(&text).unwrap();
        assert_eq!(serde_json::from_str::<Text>(&written).unwrap(), text);
        assert_eq!(
            serde_json::from_str::<Text>("\"x\"").unwrap(),
            Text::from("x")
        );
        assert_eq!(serde_json::from_str::<Text>("[]").unwrap(), Text::from(""));
        assert!(serde_json::from_str::<Text>("[1]").is_err());
    }
}
