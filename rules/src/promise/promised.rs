//! Broken promises, as findings about access.

use crate::{
    context::Context,
    finding::{Draft, Findings, Proof},
    mount::{explain, stages::first_refusal},
    rule::Severity,
    world::stated::Stated,
};
use policy_engine::{
    evaluator::Decision,
    inventory::{
        Pod,
        promise::{Ask, Promise},
    },
    request::{ContextValue, Principal},
    simulator::{
        Question, StageName, Step, Target, Walk,
        promises::{self, Kept, Promised, Readership, TooMany},
    },
    source::Origin,
};

/// The most tags of a request that are shown.
const SHOWN_TAGS: usize = 6;

/// Calls a function with each broken promise, one after the other, because each has a whole walk.
fn each(
    context: &Context<'_>,
    stated: &Stated<'_>,
    can: bool,
    mut report: impl FnMut(&Kept<'_>, &Pod, &Walk),
) -> Result<(), TooMany> {
    let promises = stated.only(can);
    for kept in promises::stated(context.simulator, &promises, stated.terms)? {
        if let (Some(false), Some(pod), Some(walk)) = (kept.held, &kept.pod, &kept.walk) {
            report(&kept, pod, walk);
        }
    }
    Ok(())
}

/// Reports promised access that is not allowed.
pub(crate) fn refused(context: &Context<'_>, findings: &mut Findings) {
    let Some(stated) = &context.promises else {
        return;
    };
    let asked = each(context, stated, true, |kept, pod, walk| {
        let (pod, walk) = match &kept.refused {
            Some((pod, walk)) => (pod, walk),
            None => (pod, walk),
        };
        let who = context.inventory.pod_name(pod);
        let what = kept.object_name(context.inventory);
        let message = match kept.promised {
            Promised::Pod(promise) => {
                format!(
                    "{who} {} `{what}`{}, contrary to the promise",
                    cannot(&kept.ask),
                    under(promise)
                )
            }
            Promised::Readers(_, Readership { missing, .. }) if missing > 0 => {
                format!(
                    "not every promised reader can read `{what}`{}",
                    first(&who, missing)
                )
            }
            Promised::Readers(..) | Promised::Mount(_) => return,
        };
        if !is_reported(context, stated, kept, pod, walk) {
            let draft = draft(kept, &what, message);
            findings.add(explained(context, kept, pod, walk, draft));
        }
    });
    if let Err(error) = asked {
        findings.add(unasked(&error));
    }
}

/// Reports access against a promise, and access that another stage than the promised stage prevents.
pub(crate) fn unexpected(context: &Context<'_>, findings: &mut Findings) {
    let Some(stated) = &context.promises else {
        return;
    };
    let asked = each(context, stated, false, |kept, pod, walk| {
        let who = context.inventory.pod_name(pod);
        let what = kept.object_name(context.inventory);
        let draft = match (kept.promised, kept.unmet) {
            (Promised::Pod(_), Some(_)) if !has_session(walk) => return,
            (Promised::Pod(_), Some(stage)) => {
                let message = format!(
                    "the promise expects `{stage}` to deny {who} access to `{what}`, but another stage denies it"
                );
                draft(kept, &what, message).severity(Severity::Medium)
            }
            (Promised::Pod(promise), None) => {
                let message = format!(
                    "{who} {} `{what}`{}, contrary to the promise",
                    can(&kept.ask),
                    under(promise)
                );
                allowed(draft(kept, &what, message), walk)
            }
            (Promised::Readers(_, Readership { extra, .. }), _) if extra > 0 => {
                let message = format!(
                    "pods other than the promised readers can read `{what}`{}",
                    first(&who, extra)
                );
                allowed(draft(kept, &what, message), walk)
            }
            (Promised::Readers(..) | Promised::Mount(_), _) => return,
        };
        // An accepted finding covers the readers that it names, and no further one.
        let others = kept
            .others
            .iter()
            .map(|pod| context.inventory.pod_name(pod));
        let draft = others.fold(draft.because(who), Draft::because);
        findings.add(draft);
    });
    if let Err(error) = asked {
        findings.add(unasked(&error));
    }
}

/// A draft for promises that were not decided because they are too many.
fn unasked(error: &TooMany) -> Draft {
    Draft::new("expect", error.origin, "one of them", error.to_string())
        .severity(Severity::Medium)
        .help(error.help())
}

/// ` with team = a through irsa`: the terms of a promise about the request.
fn under(promise: &Promise) -> String {
    let given = promise.given.iter().map(|(key, value)| match value {
        ContextValue::Single(text) => format!("{} = {text}", key.value),
        _ => key.value.clone(),
    });
    let given: Vec<_> = given.collect();
    let with = match given.as_slice() {
        [] => String::new(),
        some => format!(" with {}", some.join(", ")),
    };
    match promise.via {
        Some(via) => format!("{with} through {via}"),
        None => with,
    }
}

/// Whether a pod gets a session: without a session no policy of a later stage prevents anything.
fn has_session(walk: &Walk) -> bool {
    let before = [
        StageName::Class,
        StageName::Association,
        StageName::Trust,
        StageName::Chain,
    ];
    first_refusal(walk).is_none_or(|stage| !before.contains(&stage.name))
}

fn draft(kept: &Kept<'_>, what: &str, message: String) -> Draft {
    let label = match kept.promised {
        Promised::Pod(promise) if promise.can => format!("promised: {} can", promise.pod.value),
        Promised::Pod(promise) => format!("promised: {} cannot", promise.pod.value),
        Promised::Readers(..) | Promised::Mount(_) => "promised: these can read it".to_owned(),
    };
    Draft::new(what, kept.origin(), label, message).because(format!("{} {what}", kept.ask))
}

/// `: prod:qa/app and 2 more`
fn first(who: &str, count: usize) -> String {
    match count {
        1 => format!(": {who}"),
        more => format!(": {who} and {} more", more - 1),
    }
}

fn can(ask: &Ask) -> String {
    match ask {
        Ask::Read => "can read".to_owned(),
        Ask::Rotate => "can read and rotate".to_owned(),
        Ask::Call(action) => format!("can call {action} on"),
    }
}

fn cannot(ask: &Ask) -> String {
    match ask {
        Ask::Read => "cannot read".to_owned(),
        Ask::Rotate => "cannot read and rotate".to_owned(),
        Ask::Call(action) => format!("cannot call {action} on"),
    }
}

/// Whether the pod's mount of the object fails at the same stage: the cause of the mount is a finding already, unless its rule does not run.
fn is_reported(
    context: &Context<'_>,
    stated: &Stated<'_>,
    kept: &Kept<'_>,
    pod: &Pod,
    walk: &Walk,
) -> bool {
    let mount = kept
        .object
        .and_then(|object| context.simulator.mount_of(pod, object));
    let (Some(mount), Some(stage)) = (mount, first_refusal(walk)) else {
        return false;
    };
    let fails = |ask| {
        let question = Question {
            pod,
            target: Target::Mount(mount),
            ask,
            via: None,
            given: &[],
            other: context.other,
        };
        let walk = context.simulator.walk(&question);
        let same = first_refusal(&walk).is_some_and(|other| other.name == stage.name);
        let reason = explain::explain(context.simulator, context.causes, &question, &walk);
        same && reason.is_some_and(|reason| !stated.off.contains(&reason.rule.code))
    };
    fails(&Ask::Read) || fails(&Ask::Rotate)
}

/// Adds the stage that is not allowed, with its place and reason.
fn explained(
    context: &Context<'_>,
    kept: &Kept<'_>,
    pod: &Pod,
    walk: &Walk,
    draft: Draft,
) -> Draft {
    let (Some(object), Some(stage)) = (kept.object, first_refusal(walk)) else {
        return draft;
    };
    let question = Question {
        pod,
        target: Target::Object(object),
        ask: &kept.ask,
        via: walk.via,
        given: &[],
        other: context.other,
    };
    let draft = draft
        .because(stage.name.word())
        .help("allow the access, or correct the promise");
    match explain::explain(context.simulator, context.causes, &question, walk) {
        Some(reason) => {
            let label = format!("`{}` does not allow it here", stage.name);
            let draft = draft.note(reason.sentence);
            // A statement that breaks several promises is one mistake.
            reason.place.into_iter().fold(draft, |draft, place| {
                draft.related(place, &*label).once(place)
            })
        }
        None => draft.note(format!("`{}` does not allow it", stage.name)),
    }
}

/// Adds the statements that allow the access, and the request. A statement that breaks several promises is one mistake.
fn allowed(draft: Draft, walk: &Walk) -> Draft {
    let stages = walk.stages.iter().filter_map(|stage| {
        let by = stage.by.as_ref()?;
        Some((by.origin, format!("`{}` allows here", stage.name)))
    });
    let draft = stages.fold(draft, |draft, (origin, text)| draft.related(origin, text));
    let place = way_in(walk);
    let draft = if place.is_somewhere() {
        draft.once(place)
    } else {
        draft
    };
    draft
        .help("narrow this statement, or correct the promise")
        .request(proof(walk))
}

/// The statement that allows the access: of the identity policies, else of the resource policy.
pub(crate) fn way_in(walk: &Walk) -> Origin {
    let of = |name| {
        walk.stage(name)
            .find_map(|stage| Some(stage.by.as_ref()?.origin))
    };
    let places = [StageName::Identity, StageName::Resource]
        .into_iter()
        .filter_map(of);
    places
        .into_iter()
        .find(|origin| origin.is_somewhere())
        .unwrap_or(Origin::NOWHERE)
}

/// The request for the object.
pub(crate) fn proof(walk: &Walk) -> Option<Proof> {
    let mut calls = walk.calls.iter();
    let call =
        calls.find(|call| call.step == Step::Data && call.outcome.decision == Decision::Allow)?;
    Some(Proof {
        example: false,
        allowed: true,
        denied: None,
        principal: match &call.request.principal {
            Principal::Session { role, .. } => role.to_string(),
            other => other.display(),
        },
        action: call.request.action.name().to_owned(),
        resource: call.request.resource.text().to_string(),
        context: tags(walk),
    })
}

/// The tags of the session, as context keys.
fn tags(walk: &Walk) -> Vec<(String, String)> {
    let tags = walk.session.iter().flat_map(|session| &session.tags);
    // The name and the uid of the pod are not known.
    tags.filter(|(_, value)| !value.starts_with('<'))
        .take(SHOWN_TAGS)
        .map(|(key, value)| (format!("aws:PrincipalTag/{key}"), value.clone()))
        .collect()
}
