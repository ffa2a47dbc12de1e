//! What the unknown keys of a request file may turn out to be.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "used by tests only"
)]

use super::{generate, vocabulary};
use serde_json::{Value, json};

/// The request with its unknown keys filled in, in every way the vocabulary knows.
pub(crate) fn filled(request: &Value) -> Vec<Value> {
    let keys = request["unknown"].as_array().into_iter().flatten();
    let mut requests = vec![request.clone()];
    for key in keys.map(|key| key.as_str().unwrap()) {
        requests = requests
            .iter()
            .flat_map(|request| {
                fillings(key)
                    .into_iter()
                    .filter(|value| is_possible(request, key, value))
                    .map(|value| fill(request, key, value))
            })
            .collect();
    }
    requests
}

/// Whether the caller can have a value: the role of a session has its account and its name.
fn is_possible(request: &Value, key: &str, value: &Value) -> bool {
    let account = |arn: &str| arn.split(':').nth(4).map(str::to_owned);
    let caller = request["principal"].as_str().unwrap_or("");
    let session = caller.split_once(":assumed-role/");
    let session = session.filter(|_| key.eq_ignore_ascii_case("aws:PrincipalArn"));
    let Some(((_, session), role)) = session.zip(value.as_str()) else {
        return true;
    };
    account(role) == account(caller) && role.rsplit('/').next() == session.split('/').next()
}

fn fillings(key: &str) -> Vec<Value> {
    let (_, family) = generate::all_keys()
        .into_iter()
        .find(|(name, _)| *name == key)
        .unwrap();
    let values = vocabulary::values(family).iter();
    let multi = vocabulary::MULTI_KEYS
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case(key));
    if multi {
        let lists = values.map(|value| json!([value]));
        return lists
            .chain([Value::Null, json!([]), json!(["a", "b"])])
            .collect();
    }
    values
        .map(|value| json!(value))
        .chain([Value::Null])
        .collect()
}

fn fill(request: &Value, key: &str, value: Value) -> Value {
    let mut filled = request.clone();
    if filled["context"].is_null() {
        filled["context"] = json!({});
    }
    let context = filled["context"].as_object_mut().unwrap();
    context.retain(|name, _| !name.eq_ignore_ascii_case(key));
    context.insert(key.to_owned(), value);
    let unknown = filled["unknown"].as_array_mut().unwrap();
    unknown.retain(|name| !name.as_str().unwrap().eq_ignore_ascii_case(key));
    filled
}
