//! JSON patches: RFC 6902, with the pointers of RFC 6901.

use super::{failure::Failure, tree};
use policy_engine::syntax::node::{Node, Value};

/// Applies the operations of a patch in their order.
pub(super) fn apply(object: &mut Node, operations: &[Node]) -> Result<(), Failure> {
    for operation in operations {
        apply_operation(object, operation).map_err(|failure| failure.or_at(operation.origin))?;
    }
    Ok(())
}

fn apply_operation(object: &mut Node, operation: &Node) -> Result<(), Failure> {
    let path = pointer(operation, "path")?;
    let value = || {
        let value = operation.get("value").cloned();
        value.ok_or_else(|| Failure::new("the operation has no `value`"))
    };
    let Some(kind) = operation.get("op").and_then(Node::as_str) else {
        return Err(Failure::new("the operation has no `op`"));
    };
    match kind {
        "add" => add(object, &path, value()?),
        "replace" => {
            let place = find(object, &path)?;
            *place = value()?;
            Ok(())
        }
        "remove" => remove(object, &path).map(|_| ()),
        "move" => {
            let moved = remove(object, &pointer(operation, "from")?)?;
            add(object, &path, moved)
        }
        "copy" => {
            let copied = find(object, &pointer(operation, "from")?)?.clone();
            add(object, &path, copied)
        }
        "test" => {
            let is_same = tree::same(find(object, &path)?, &value()?);
            let message = || Failure::new(format!("the value at `{}` is another", shown(&path)));
            is_same.then_some(()).ok_or_else(message)
        }
        _ => Err(Failure::new(format!(
            "`{kind}` is no operation of a JSON patch"
        ))),
    }
}

/// The parts of a pointer.
fn pointer(operation: &Node, name: &str) -> Result<Vec<String>, Failure> {
    let written = tree::spelt(operation, &[name]);
    let written = written.ok_or_else(|| Failure::new(format!("the operation has no `{name}`")))?;
    if written.is_empty() {
        return Ok(Vec::new());
    }
    let Some(parts) = written.strip_prefix('/') else {
        return Err(Failure::new(format!("`{written}` does not begin with `/`")));
    };
    let decoded = parts
        .split('/')
        .map(|part| part.replace("~1", "/").replace("~0", "~"));
    Ok(decoded.collect())
}

fn shown(path: &[String]) -> String {
    path.iter().map(|part| format!("/{part}")).collect()
}

fn missing(path: &[String]) -> Failure {
    Failure::new(format!("`{}` is not in the object", shown(path)))
}

/// The value at a pointer.
fn find<'n>(node: &'n mut Node, path: &[String]) -> Result<&'n mut Node, Failure> {
    let mut here = node;
    for part in path {
        here = child(here, part).ok_or_else(|| missing(path))?;
    }
    Ok(here)
}

fn child<'n>(node: &'n mut Node, part: &str) -> Option<&'n mut Node> {
    match &mut node.value {
        Value::List(items) => {
            let at = index(part, items.len())?;
            items.get_mut(at)
        }
        Value::Map(members) => {
            let mut members = members.iter_mut().rev();
            let member = members.find(|(key, _)| key.as_str() == Some(part));
            member.map(|(_, value)| value)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// The place of an element; a negative one counts from the end, as kustomize takes it.
fn index(part: &str, length: usize) -> Option<usize> {
    match part.strip_prefix('-') {
        Some(back) => length.checked_sub(back.parse().ok()?),
        None => part.parse().ok(),
    }
}

fn add(object: &mut Node, path: &[String], value: Node) -> Result<(), Failure> {
    let Some((last, above)) = path.split_last() else {
        *object = value;
        return Ok(());
    };
    let parent = find(object, above)?;
    match &mut parent.value {
        Value::List(items) => {
            let length = items.len();
            let at = if last == "-" {
                Some(length)
            } else {
                index(last, length)
            };
            let at = at.filter(|at| *at <= length).ok_or_else(|| missing(path))?;
            items.insert(at, value);
            Ok(())
        }
        Value::Map(_) => {
            let key = crate::value::text(last.as_str(), value.origin);
            tree::set(parent, key, value);
            Ok(())
        }
        _ => Err(missing(path)),
    }
}

fn remove(object: &mut Node, path: &[String]) -> Result<Node, Failure> {
    let Some((last, above)) = path.split_last() else {
        return Err(Failure::new("the whole object cannot be removed"));
    };
    let parent = find(object, above)?;
    if let Value::List(items) = &mut parent.value {
        let at = index(last, items.len()).filter(|at| *at < items.len());
        return match at {
            Some(at) => Ok(items.remove(at)),
            None => Err(missing(path)),
        };
    }
    let value = tree::member(parent, last).cloned();
    let value = value.ok_or_else(|| missing(path))?;
    tree::remove(parent, last);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy_engine::source::SourceId;

    fn patched(patch: &str) -> Result<String, String> {
        let parse = |text: &str| yaml::parse(SourceId(0), text).unwrap().remove(0);
        let mut object = parse("{ a: { b/c: 1, d: [x, y] } }");
        let patch = parse(patch);
        apply(&mut object, patch.as_list().unwrap()).map_err(|failure| failure.message)?;
        let list = object
            .at(&["a", "d"])
            .and_then(Node::as_list)
            .unwrap_or_default();
        let list: Vec<_> = list.iter().filter_map(Node::as_str).collect();
        let names = tree::members(object.get("a")).iter();
        let names: Vec<_> = names.filter_map(|(key, _)| key.as_str()).collect();
        Ok(format!("{} {}", names.join(","), list.join(",")))
    }

    #[test]
    fn operations_change_what_their_pointers_lead_to() {
        for (patch, expected) in [
            ("[{ op: add, path: /a/d/-, value: z }]", "b/c,d x,y,z"),
            ("[{ op: add, path: /a/d/0, value: z }]", "b/c,d z,x,y"),
            ("[{ op: add, path: /a/e, value: z }]", "b/c,d,e x,y"),
            ("[{ op: replace, path: /a/d/1, value: z }]", "b/c,d x,z"),
            ("[{ op: remove, path: /a/b~1c }]", "d x,y"),
            ("[{ op: remove, path: /a/d/-1 }]", "b/c,d x"),
            ("[{ op: move, from: /a/b~1c, path: /a/e }]", "d,e x,y"),
            ("[{ op: copy, from: /a/d/0, path: /a/d/- }]", "b/c,d x,y,x"),
            ("[{ op: test, path: /a/d, value: [x, y] }]", "b/c,d x,y"),
        ] {
            assert_eq!(patched(patch).as_deref(), Ok(expected), "{patch}");
        }
    }

    #[test]
    fn a_pointer_that_leads_nowhere_fails() {
        for patch in [
            "[{ op: replace, path: /a/x, value: z }]",
            "[{ op: remove, path: /a/d/2 }]",
            "[{ op: add, path: /x/y, value: z }]",
            "[{ op: add, path: /a/d/9, value: z }]",
            "[{ op: test, path: /a/d, value: [x] }]",
            "[{ op: replace, path: a, value: z }]",
            "[{ op: rename, path: /a }]",
            "[{ path: /a }]",
        ] {
            assert!(patched(patch).is_err(), "{patch}");
        }
    }
}
