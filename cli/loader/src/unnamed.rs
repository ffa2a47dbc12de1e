//! The account of the only source of AWS resources, where nothing states it.
//!
//! Within one account every answer is the same whatever the id of the account is, as long as no text contains another id
//! that could be the same. Such a source is read again with an id that stands for the unknown one.

use crate::{
    loaded::{Loaded, Unnamed},
    loading::MAX_NOTES,
    options::Options,
};
use std::collections::BTreeSet;

/// The id of an account that nothing states; AWS gives no account this id.
pub const ID: &str = "000000000000";

/// What messages call the account.
const NAME: &str = "account";

/// Reads the only source that lacks an account again, with the id for an unknown account.
///
/// The first pass stays where an answer can depend on the id: its facts, or those of the second pass, contain another id.
pub(crate) fn settle(
    options: &Options,
    first: Loaded,
    pass: impl Fn(&Options) -> Option<Loaded>,
) -> Loaded {
    let [source] = first.homeless.as_slice() else {
        return first;
    };
    let is_asked = options.any_account && options.accounts.is_empty() && options.live.is_none();
    if !is_asked || first.world.is_some() {
        return first;
    }
    let Some(others) = ids(&first) else {
        return first;
    };
    if !others.is_empty() {
        return proposing(first, &others);
    }
    let again = Options {
        accounts: vec![(NAME.to_owned(), ID.to_owned())],
        ..options.clone()
    };
    let Some(mut second) = pass(&again) else {
        return first;
    };
    let Some(mut others) = ids(&second) else {
        return first;
    };
    others.remove(ID);
    if !others.is_empty() {
        return proposing(first, &others);
    }
    second.unnamed = Some(Unnamed {
        source: source.clone(),
    });
    second
}

/// The same, with the only id of the facts where the user is asked for the id.
fn proposing(mut loaded: Loaded, ids: &BTreeSet<String>) -> Loaded {
    let mut ids = ids.iter();
    let (Some(only), None) = (ids.next(), ids.next()) else {
        return loaded;
    };
    for file in &mut loaded.files {
        let Some(unread) = &mut file.unread else {
            continue;
        };
        unread.how = unread.how.replace("NAME=ID", &format!("NAME={only}"));
        file.why = Some(format!("{}; {}", unread.what, unread.how));
    }
    loaded
}

/// The ids of accounts in all facts, and in the notes on what no fact was made of; `None` if not all of these can be examined.
fn ids(loaded: &Loaded) -> Option<BTreeSet<String>> {
    if loaded.notes.len() >= MAX_NOTES {
        return None;
    }
    let mut ids = BTreeSet::new();
    collect(&serde_json::to_string(&loaded.inventory).ok()?, &mut ids);
    for note in &loaded.notes {
        collect(&note.message, &mut ids);
    }
    Some(ids)
}

/// Adds each word of twelve digits.
fn collect(text: &str, ids: &mut BTreeSet<String>) {
    let words = text.split(|character: char| !character.is_ascii_alphanumeric());
    let accounts =
        words.filter(|word| word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_digit()));
    ids.extend(accounts.map(str::to_owned));
}
