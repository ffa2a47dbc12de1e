//! A request made of words that collide: it is read and decided, and all ways of deciding it agree.
//!
//! The bytes choose from the words of `words.rs`, so nearly every input is a question with several statements.

#![no_main]

#[path = "evaluate_total/words.rs"]
mod words;

use ascp_policy_fuzz::{decide, spans};
use libfuzzer_sys::{
    arbitrary::{Result, Unstructured},
    fuzz_target,
};
use policy_engine::{
    request::file,
    source::{Shown, SourceMap},
    syntax::json,
    uncertainty::{REGISTER, Uncertainties},
};
use serde_json::{Map, Value, json};

fuzz_target!(|bytes: &[u8]| {
    let mut input = Unstructured::new(bytes);
    let Ok((request, other)) = question(&mut input) else {
        return;
    };
    let text = request.to_string();
    let mut sources = SourceMap::default();
    let source = sources.add("request", Shown::whole(text.as_str()));
    let node = json::parse(source, &text).unwrap_or_else(|error| panic!("{error:?} in {text}"));
    let question = match file::read(&node) {
        Ok(question) => question,
        Err(errors) => {
            assert!(
                !errors.is_empty(),
                "a question that is refused has a reason"
            );
            return;
        }
    };
    let policies = question.policies.as_policies();
    let (_, explanation) = decide::agree(&question.request, &policies, other, &text);
    spans::explanation(&sources, &explanation);
});

fn question(input: &mut Unstructured<'_>) -> Result<(Value, Uncertainties)> {
    let (action, resource) = *input.choose(words::QUESTIONS)?;
    let (principal, own) = principal(input)?;
    let mut request = json!({
        "principal": principal,
        "action": action,
        "resource": resource,
        "resourceAccount": *input.choose(&["111111111111", "222222222222"])?,
        "context": context(input)?,
        "policies": policies(input, action, own)?,
    });
    if input.ratio(1, 2)? {
        request["unknown"] = list(input, 3, |input| Ok(json!(*input.choose(words::KEYS)?)))?;
    }
    for flag in [
        "filterContext",
        "inBatch",
        "principalInManagementAccount",
        "resourceInManagementAccount",
    ] {
        if input.ratio(1, 8)? {
            request[flag] = json!(true);
        }
    }
    if input.ratio(1, 8)? {
        request["principalId"] = json!("AROAAPP");
    }
    if input.ratio(1, 8)? {
        request["selector"] = json!("3");
    }
    if input.ratio(1, 8)? {
        request["via"] = json!("secretsmanager.us-east-1.amazonaws.com");
    }
    if input.ratio(1, 8)? {
        request["grants"] = list(input, 2, grant)?;
    }
    let mut other = Uncertainties::NONE;
    for _ in 0..input.int_in_range(0..=3)? {
        other.insert(input.choose(REGISTER)?.uncertainty);
    }
    Ok((request, other))
}

/// Who asks, and whether they can have policies of their own.
fn principal(input: &mut Unstructured<'_>) -> Result<(Value, bool)> {
    Ok(match input.int_in_range(0..=15)? {
        0 => (json!("anonymous"), false),
        1 => (json!({"service": "pods.eks.amazonaws.com"}), false),
        2 => (
            json!({"federated": "arn:aws:iam::111111111111:oidc-provider/oidc.example"}),
            false,
        ),
        _ => {
            let caller = *input.choose(words::CALLERS)?;
            (json!(caller), !caller.ends_with(":root"))
        }
    })
}

fn grant(input: &mut Unstructured<'_>) -> Result<Value> {
    let mut grant = json!({
        "grantee": *input.choose(words::PRINCIPALS)?,
        "operations": list(input, 2, |input| Ok(json!(*input.choose(&["Decrypt", "Encrypt", "GenerateDataKey"])?)))?,
    });
    for name in ["contextEquals", "contextSubset"] {
        if input.ratio(1, 3)? {
            grant[name] = json!({"SecretARN": *input.choose(words::VALUES)?});
        }
    }
    Ok(grant)
}

fn context(input: &mut Unstructured<'_>) -> Result<Value> {
    let mut context = Map::new();
    for _ in 0..input.int_in_range(0..=5)? {
        let key = *input.choose(words::KEYS)?;
        let value = match input.int_in_range(0..=7)? {
            0 => Value::Null,
            1 | 2 => list(input, 3, |input| Ok(json!(*input.choose(words::VALUES)?)))?,
            _ => json!(*input.choose(words::VALUES)?),
        };
        context.insert(key.to_owned(), value);
    }
    Ok(Value::Object(context))
}

fn policies(input: &mut Unstructured<'_>, action: &str, own: bool) -> Result<Value> {
    let mut policies = Map::new();
    for name in ["identity", "boundary", "session", "resource", "endpoint"] {
        // Services, providers and the like have no policies of their own.
        if !own && matches!(name, "identity" | "boundary" | "session") {
            continue;
        }
        let often = if name == "identity" { 7 } else { 2 };
        if input.ratio(often, 8)? {
            let principal = matches!(name, "resource" | "endpoint");
            let is_trust = name == "resource" && action.starts_with("sts:");
            let documents = list(input, 2, |input| {
                document(input, principal, is_trust, false)
            })?;
            policies.insert(name.to_owned(), documents);
        }
    }
    for name in ["scp", "rcp"] {
        if input.ratio(1, 6)? {
            let levels = list(input, 2, |input| {
                list(input, 2, |input| {
                    document(input, name == "rcp", false, name == "rcp")
                })
            })?;
            policies.insert(name.to_owned(), levels);
        }
    }
    Ok(Value::Object(policies))
}

fn document(
    input: &mut Unstructured<'_>,
    principal: bool,
    is_trust: bool,
    is_rcp: bool,
) -> Result<Value> {
    let version = if is_rcp || input.ratio(7, 8)? {
        "2012-10-17"
    } else {
        "2008-10-17"
    };
    let statements = list(input, 3, |input| {
        statement(input, principal, is_trust, is_rcp)
    })?;
    Ok(json!({"Version": version, "Statement": statements}))
}

fn statement(
    input: &mut Unstructured<'_>,
    principal: bool,
    is_trust: bool,
    is_rcp: bool,
) -> Result<Value> {
    let mut statement = Map::new();
    let effect = if is_rcp || input.ratio(1, 3)? {
        "Deny"
    } else {
        "Allow"
    };
    statement.insert("Effect".to_owned(), json!(effect));
    if is_rcp {
        statement.insert("Principal".to_owned(), json!("*"));
    } else if principal {
        let (name, value) = principals(input, is_trust)?;
        statement.insert(name.to_owned(), value);
    }
    let action = if !is_rcp && input.ratio(1, 6)? {
        "NotAction"
    } else {
        "Action"
    };
    let actions = list(input, 2, |input| {
        let action = *input.choose(words::ACTIONS)?;
        Ok(json!(if is_rcp && action == "*" {
            "s3:*"
        } else {
            action
        }))
    })?;
    statement.insert(action.to_owned(), actions);
    if !is_trust {
        let resource = if input.ratio(1, 6)? {
            "NotResource"
        } else {
            "Resource"
        };
        let resources = list(input, 2, |input| {
            Ok(json!(*input.choose(words::RESOURCES)?))
        })?;
        statement.insert(resource.to_owned(), resources);
    }
    if input.ratio(1, 2)? {
        statement.insert("Condition".to_owned(), condition(input)?);
    }
    Ok(Value::Object(statement))
}

fn principals(input: &mut Unstructured<'_>, is_trust: bool) -> Result<(&'static str, Value)> {
    let name = if !is_trust && input.ratio(1, 6)? {
        "NotPrincipal"
    } else {
        "Principal"
    };
    let value = match input.int_in_range(0..=7)? {
        0 | 1 => json!("*"),
        2 => json!({"Service": "pods.eks.amazonaws.com"}),
        3 => json!({"Federated": "arn:aws:iam::111111111111:oidc-provider/oidc.example"}),
        _ => {
            json!({"AWS": list(input, 2, |input| Ok(json!(*input.choose(words::PRINCIPALS)?)))?})
        }
    };
    Ok((name, value))
}

fn condition(input: &mut Unstructured<'_>) -> Result<Value> {
    let mut condition = Map::new();
    for _ in 0..input.int_in_range(1..=3)? {
        let qualifier = match input.int_in_range(0..=5)? {
            0 => "ForAllValues:",
            1 => "ForAnyValue:",
            _ => "",
        };
        let operator = *input.choose(words::OPERATORS)?;
        let suffix = if operator != "Null" && input.ratio(1, 4)? {
            "IfExists"
        } else {
            ""
        };
        let key = *input.choose(words::KEYS)?;
        let values = list(input, 2, |input| {
            let word = if operator.starts_with("Date") {
                *input.choose(words::DATES)?
            } else if input.ratio(1, 2)? {
                *input.choose(words::VALUES)?
            } else {
                *input.choose(words::PATTERNS)?
            };
            let number = !operator.starts_with("Date") && input.ratio(1, 8)?;
            Ok(if number { json!(5.0) } else { json!(word) })
        })?;
        condition.insert(
            format!("{qualifier}{operator}{suffix}"),
            json!({key: values}),
        );
    }
    Ok(Value::Object(condition))
}

/// A list of up to so many, sometimes of none.
fn list(
    input: &mut Unstructured<'_>,
    most: usize,
    mut item: impl FnMut(&mut Unstructured<'_>) -> Result<Value>,
) -> Result<Value> {
    let least = usize::from(!input.ratio(1, 16)?);
    let count = input.int_in_range(least..=most)?;
    let items = (0..count).map(|_| item(input));
    Ok(Value::Array(items.collect::<Result<_>>()?))
}
