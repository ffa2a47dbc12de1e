//! `simulate`: decides whether a pod can read an object, or a single request.

use super::{Trouble, deliver, files, given, json, json_line, read, request};
use crate::{
    args::{Common, Format, Simulate, Uncertain, ViaArg},
    exit::Exit,
    render::{Style, json as answer, line, table},
};
use loader::Loaded;
use policy_engine::{
    evaluator::Decision,
    inventory::{Inventory, Pod, Via, find::Object, promise::Ask},
    request::{Action, Principal},
    simulator::{Question, Simulator, Target, Walk},
    stage::StageName,
};
use std::fmt::Write as _;

/// Answers a question.
pub fn run(arguments: &Simulate, common: &Common) -> Result<Exit, Trouble> {
    if let Some(file) = &arguments.request {
        return request::run(file, common);
    }
    match (&arguments.pod, &arguments.object, &arguments.principal) {
        (Some(pod), Some(object), _) => walk(arguments, pod, object, common),
        (None, _, Some(principal)) => principal_call(arguments, principal, common),
        _ => Err(Trouble::new(
            "`simulate` needs a question",
            Some(
                "pass POD OBJECT, or --principal with --action and --resource, or --request FILE"
                    .into(),
            ),
        )),
    }
}

fn walk(arguments: &Simulate, pod: &str, object: &str, common: &Common) -> Result<Exit, Trouble> {
    let ask = Ask::parse(&arguments.ask).map_err(|error| {
        let help = error.near.map(|near| format!("did you mean `{near}`?"));
        Trouble::new(error.to_string(), help)
    })?;
    let loaded = read(&arguments.paths, common)?;
    super::print_notes(&loaded, common);
    let inventory = &loaded.inventory;
    let pod = find_pod(inventory, pod, arguments.namespace.as_deref())?;
    if let Some(missing) = inventory.perhaps_named(object) {
        let walk = Walk::undecided(object.to_owned(), missing);
        return print_walk(
            &walk,
            (&inventory.pod_name(&pod), object),
            &ask,
            &loaded,
            common,
        );
    }
    let object = find_object(inventory, object)?;
    let simulator = Simulator::new(inventory);
    let pairs: Vec<_> = common
        .given
        .iter()
        .chain(&arguments.context)
        .cloned()
        .collect();
    let question = Question {
        pod: &pod,
        target: Target::Object(object),
        ask: &ask,
        via: arguments.via.map(|via| match via {
            ViaArg::PodIdentity => Via::PodIdentity,
            ViaArg::Irsa => Via::Irsa,
        }),
        given: &given(&pairs),
        other: common.other(),
    };
    let walk = reported(simulator.walk(&question), common);
    let (pod_name, object_name) = (inventory.pod_name(&pod), object.display(inventory));
    print_walk(&walk, (&pod_name, &object_name), &ask, &loaded, common)
}

fn print_walk(
    walk: &Walk,
    (pod, object): (&str, &str),
    ask: &Ask,
    loaded: &Loaded,
    common: &Common,
) -> Result<Exit, Trouble> {
    deliver(common, |format, style| {
        let answer = || answer::simulate(walk, pod, object, &ask.to_string(), &loaded.sources);
        match format {
            Format::Text => text(walk, pod, object, ask, loaded, style),
            Format::Json => json(&answer()),
            Format::Jsonl => json_line(&answer()),
        }
    })?;
    Ok(walk.decision.into())
}

/// With `--uncertain report`, an answer that assumes an uncertainty is unknown, and so is the deciding stage.
fn reported(walk: Walk, common: &Common) -> Walk {
    match common.uncertain {
        Uncertain::Report => walk.reported(),
        Uncertain::Default => walk,
    }
}

fn text(walk: &Walk, pod: &str, object: &str, ask: &Ask, loaded: &Loaded, style: &Style) -> String {
    let (pod, object) = (line(pod), line(object));
    let verb = match ask {
        Ask::Read => "read".to_owned(),
        Ask::Rotate => "read and rotate".to_owned(),
        Ask::Call(action) => format!("call {action} on"),
    };
    let (word, color) = match walk.decision {
        Decision::Allow => ("allowed", "32"),
        Decision::ImplicitDeny => ("not allowed", "31"),
        Decision::ExplicitDeny => ("denied", "31"),
        Decision::Unknown => ("undecided", "33"),
    };
    let sentence = match walk.decision {
        Decision::Allow => format!("{pod} can {verb} {object}"),
        Decision::ImplicitDeny | Decision::ExplicitDeny => format!("{pod} cannot {verb} {object}"),
        Decision::Unknown => format!("it is unknown whether {pod} can {verb} {object}"),
    };
    let mut text = files(loaded, style);
    let _ = writeln!(text, "{}: {sentence}\n", style.paint(color, word));
    if style.quiet {
        return text;
    }
    text.push_str(&table::stages(walk, &object, &loaded.sources, style));
    text.push('\n');
    if let Some(session) = table::session(walk, style) {
        let _ = writeln!(text, "{session}");
    }
    for name in &walk.unknown {
        let _ = writeln!(text, "missing  {}", line(name));
    }
    let assumed: Vec<_> = walk.assumed.iter().map(|entry| entry.to_string()).collect();
    if !assumed.is_empty() {
        let _ = writeln!(
            text,
            "assumed  {}: AWS does not document this; --uncertain report answers unknown instead",
            assumed.join(", ")
        );
    }
    if loaded.inventory.organization.is_none()
        && !loaded.inventory.closed.contains("organization", "")
    {
        let _ = writeln!(
            text,
            "note     no organization was read: the answer contains no SCPs and RCPs"
        );
    }
    text
}

/// The pod of a reference; also `deploy/web` in a namespace.
pub fn find_pod(
    inventory: &Inventory,
    reference: &str,
    namespace: Option<&str>,
) -> Result<Pod, Trouble> {
    if let Some(pod) = workload(inventory, reference, namespace) {
        return Ok(pod);
    }
    let mut pods = inventory.find_pods(reference);
    match pods.len() {
        1 => Ok(pods.remove(0)),
        0 => {
            if let Some(trouble) = no_workload(inventory, reference, namespace) {
                return Err(trouble);
            }
            let names: Vec<_> = inventory
                .pods()
                .iter()
                .map(|pod| inventory.pod_name(pod))
                .collect();
            Err(no_such("pod", reference, &names))
        }
        _ => Err(ambiguous(
            "pod",
            reference,
            &pods
                .iter()
                .map(|pod| inventory.pod_name(pod))
                .collect::<Vec<_>>(),
        )),
    }
}

/// Short names of the kinds that have pods.
const KINDS: [(&str, &str); 10] = [
    ("deploy", "deployment"),
    ("deployments", "deployment"),
    ("sts", "statefulset"),
    ("ds", "daemonset"),
    ("rs", "replicaset"),
    ("po", "pod"),
    ("pods", "pod"),
    ("jobs", "job"),
    ("cj", "cronjob"),
    ("cronjobs", "cronjob"),
];

/// The message for a reference to an unknown workload.
fn no_workload(inventory: &Inventory, reference: &str, namespace: Option<&str>) -> Option<Trouble> {
    let (kind, name) = reference.split_once('/')?;
    let short = KINDS
        .iter()
        .any(|(short, long)| *short == kind || *long == kind);
    if !short
        && !inventory
            .workloads
            .iter()
            .any(|workload| workload.kind.eq_ignore_ascii_case(kind))
    {
        return None;
    }
    let known: Vec<_> = inventory
        .workloads
        .iter()
        .filter(|workload| namespace.is_none_or(|namespace| workload.namespace == namespace))
        .map(|workload| format!("{}/{}", workload.kind.to_ascii_lowercase(), workload.name))
        .collect();
    let place = namespace.map_or(String::new(), |namespace| format!(" in `{namespace}`"));
    let near = known
        .iter()
        .map(|known| {
            let bare = known.split_once('/').map_or("", |(_, bare)| bare);
            (strsim::levenshtein(bare, name), known)
        })
        .filter(|(distance, _)| *distance <= 2.max(name.len() / 4))
        .min();
    let help = match (near, known.as_slice()) {
        (Some((_, near)), _) => format!("did you mean `{near}`?"),
        (None, []) => format!("no workload that mounts secrets or parameters was read{place}"),
        (None, known) => {
            let shown: Vec<_> = known.iter().take(10).map(String::as_str).collect();
            format!("workloads{place}: {}", shown.join(", "))
        }
    };
    Some(Trouble::new(
        format!("there is no workload `{reference}`{place}"),
        Some(help),
    ))
}

fn workload(inventory: &Inventory, reference: &str, namespace: Option<&str>) -> Option<Pod> {
    let (kind, name) = reference.split_once('/')?;
    let long = KINDS
        .iter()
        .find(|(short, _)| *short == kind)
        .map_or(kind, |(_, long)| long);
    let mut matches = inventory.workloads.iter().filter(|workload| {
        workload.kind.eq_ignore_ascii_case(long)
            && workload.name == name
            && namespace.is_none_or(|namespace| workload.namespace == namespace)
    });
    let workload = matches.next()?;
    Some(Pod {
        cluster: workload.cluster.clone(),
        namespace: workload.namespace.clone(),
        service_account: workload.service_account.value.clone(),
    })
}

/// The object of a reference.
pub fn find_object<'i>(inventory: &'i Inventory, reference: &str) -> Result<Object<'i>, Trouble> {
    let mut objects = inventory.find_objects(reference);
    match objects.len() {
        1 => Ok(objects.remove(0)),
        0 => {
            let names: Vec<_> = inventory
                .objects()
                .map(|object| object.display(inventory))
                .collect();
            Err(no_such("object", reference, &names))
        }
        _ => {
            let names: Vec<_> = objects
                .iter()
                .map(|object| object.display(inventory))
                .collect();
            Err(ambiguous("object", reference, &names))
        }
    }
}

fn no_such(what: &str, reference: &str, names: &[String]) -> Trouble {
    let near = names
        .iter()
        .map(|name| {
            let bare = name.split_once(':').map_or(name.as_str(), |(_, bare)| bare);
            let distance =
                strsim::levenshtein(name, reference).min(strsim::levenshtein(bare, reference));
            (distance, name)
        })
        .filter(|(distance, name)| *distance <= 3.max(name.len() / 4))
        .min()
        .map(|(_, name)| format!("did you mean `{name}`?"));
    let help = near.unwrap_or_else(|| match names {
        [] => format!("no {what} was read; `ascp-policy world` prints what was read"),
        names => format!(
            "known: {}",
            names
                .iter()
                .take(10)
                .cloned()
                .collect::<Vec<_>>()
                .join(", ")
        ),
    });
    Trouble::new(format!("there is no {what} `{reference}`"), Some(help))
}

fn ambiguous(what: &str, reference: &str, names: &[String]) -> Trouble {
    let shown = names
        .iter()
        .take(10)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    Trouble::new(
        format!("`{reference}` matches several {what}s"),
        Some(format!("pass one of them: {shown}")),
    )
}

/// In a world that is closed for roles, a role outside the world does not exist.
fn known_role(inventory: &Inventory, principal: &Principal) -> Result<(), Trouble> {
    let Principal::Session { role, account, .. } = principal else {
        return Ok(());
    };
    let (Some(arn), Some(account)) = (role.known(), account.known()) else {
        return Ok(());
    };
    // The ARN of a session does not contain the path of its role.
    let name = arn.rsplit('/').next().unwrap_or(arn);
    let exists = inventory.roles.iter().any(|role| {
        role.arn == arn
            || (arn.ends_with(&format!(":role/{name}"))
                && role.arn.starts_with(arn.strip_suffix(name).unwrap_or(arn))
                && role.arn.ends_with(&format!("/{name}")))
    });
    if exists || !inventory.is_absent("roles", account, arn) {
        return Ok(());
    }
    let names: Vec<_> = inventory
        .roles
        .iter()
        .map(|role| inventory.role_name(&role.arn))
        .collect();
    Err(no_such("role", &inventory.role_name(arn), &names))
}

fn principal_call(arguments: &Simulate, principal: &str, common: &Common) -> Result<Exit, Trouble> {
    let (Some(action), Some(resource)) = (&arguments.action, &arguments.resource) else {
        return Err(Trouble::new(
            "`--principal` needs `--action` and `--resource`",
            None,
        ));
    };
    let loaded = read(&arguments.paths, common)?;
    super::print_notes(&loaded, common);
    let action = Action::new(action.as_str()).ok_or_else(|| {
        Trouble::new(
            format!("`{action}` is not an action"),
            Some("write SERVICE:ACTION, e.g. secretsmanager:GetSecretValue".into()),
        )
    })?;
    let principal = match principal {
        "anonymous" => Principal::Anonymous,
        service if service.ends_with(".amazonaws.com") && !service.starts_with("arn:") => {
            Principal::Service(service.to_owned())
        }
        arn => Principal::parse(arn).map_err(|error| Trouble::new(error.to_string(), None))?,
    };
    known_role(&loaded.inventory, &principal)?;
    let resource = match loaded.inventory.find_objects(resource).as_slice() {
        [object] if !resource.starts_with("arn:") && !resource.contains(['*', '?']) => {
            object.arn().to_string()
        }
        _ => resource.clone(),
    };
    let pairs: Vec<_> = common
        .given
        .iter()
        .chain(&arguments.context)
        .cloned()
        .collect();
    let context = given(&pairs);
    let simulator = Simulator::new(&loaded.inventory);
    let ask = |other| {
        simulator.ask(
            principal.clone(),
            action.clone(),
            &resource,
            &context,
            other,
        )
    };
    let call = ask(common.other());
    let assumed: Vec<_> = call
        .outcome
        .touched
        .iter()
        .filter(|entry| {
            ask(common.other().toggled(*entry)).outcome.decision != call.outcome.decision
        })
        .collect();
    let mut answer = answer::request(
        None,
        &call.outcome,
        &call.explanation,
        &call.request,
        assumed.iter().map(ToString::to_string).collect(),
        &loaded.sources,
    );
    answer.aws_would_say = call
        .outcome
        .aws_would_say(&call.request)
        .map(StageName::word);
    let mut decision = call.outcome.decision;
    if common.uncertain == Uncertain::Report && !answer.assumed.is_empty() {
        decision = Decision::Unknown;
        answer.undecide(assumed.iter().find_map(|entry| {
            let call = ask(common.other().toggled(*entry));
            let (outcome, explanation) = (&call.outcome, &call.explanation);
            let of = answer::request(
                None,
                outcome,
                explanation,
                &call.request,
                Vec::new(),
                &loaded.sources,
            );
            of.decided_by
        }));
    }
    deliver(common, |format, style| match format {
        Format::Text => request::text(&answer, style),
        Format::Json => json(&answer),
        Format::Jsonl => json_line(&answer),
    })?;
    Ok(decision.into())
}
