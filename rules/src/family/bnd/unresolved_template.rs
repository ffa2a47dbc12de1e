//! BND101 `unresolved-template`.

use crate::ask::refusal;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{concern::is_concern_in, principals, texts};
use crate::finding::{Draft, Findings};
use crate::rule::Severity;
use policy_engine::inventory::{Pod, SecretProviderClass};
use policy_engine::source::Origin;
use std::collections::{HashMap, HashSet};

rule! {
    /// Flags a placeholder that a template engine did not replace: `{{ … }}`, `${var.…}`, `${ACCOUNT_ID}`, `${AWS::…}`
    /// without `Fn::Sub`, `!Ref`, `CHANGE_ME`, `<account-id>`; also the example account `123456789012` of the AWS
    /// documentation, if the accounts of the run are known and differ.
    ///
    /// # Why it matters
    ///
    /// AWS and the provider use the text literally: a statement matches nothing, or an object does not exist. Check the
    /// rendered file (`terraform show -json`, `helm template`, `cdk synth`), or write the value.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///              - Effect: Allow
    ///                Action: ssm:GetParameters
    /// -              Resource: arn:aws:ssm:us-east-1:111122223333:parameter/${aws:PrincipalTag/kubernetes-namespace}/*
    /// +              Resource: arn:aws:ssm:us-east-1:${data.aws_caller_identity.current.account_id}:parameter/*
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the value, or check the rendered file:
    ///
    /// ```yaml
    /// - Effect: Allow
    ///   Action: ssm:GetParameters
    ///   Resource: arn:aws:ssm:us-east-1:111122223333:parameter/${aws:PrincipalTag/kubernetes-namespace}/*
    /// ```
    ///
    /// # When to allow it
    ///
    /// If the name of an object really contains such a text.
    ///
    /// # References
    ///
    /// * <https://developer.hashicorp.com/terraform/cli/commands/show>
    /// * <https://helm.sh/docs/helm/helm_template/>
    "BND101" "unresolved-template", High Break High,
    properties: [ExplainsPlace], needs: [], aws: [], fix: None, Check::World(check);
}

/// The account of AWS's examples.
const EXAMPLE: &str = "123456789012";
/// How the references of template engines begin; a policy variable has a colon, `${*}`, `${?}` or `${$}` apart.
const STARTS: [&str; 13] = [
    "{{",
    "${var.",
    "${local.",
    "${data.",
    "${module.",
    "${each.",
    "${path.",
    "${terraform.",
    "${aws_",
    "${random_",
    "${AWS::",
    "!Ref ",
    "!Sub ",
];
const WAITING: [&str; 5] = ["CHANGE_ME", "CHANGEME", "REPLACE_ME", "REPLACE-ME", "YOUR_"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    let mut places: HashMap<_, Origin> = HashMap::new();
    for document in &context.documents {
        let values =
            texts(document).map(|(statement, written)| (statement, &written.text, written.origin));
        let names = principals(document)
            .map(|(statement, entry)| (statement, &entry.value.text, entry.value.origin));
        let drafts = values.chain(names).filter_map(|(statement, text, origin)| {
            let text = text.known()?;
            let bracketed = bracketed(text).map(str::to_owned);
            let left = bracketed.or_else(|| placeholder(context, text))?;
            let draft = document.in_statement(statement, origin, "literal text", message(&left));
            // One value fills a placeholder in all documents of a source.
            let is_concern = is_concern_in(document.kind, statement);
            let first = *places
                .entry((origin.source, left.clone(), is_concern))
                .or_insert(origin);
            let draft = draft.help(HELP).because(left).once(first);
            Some(if is_concern {
                draft
            } else {
                draft
                    .severity(Severity::Info)
                    .note("the statement concerns no secret, no key and no role of pods")
            })
        });
        let mut drafts: Vec<Draft> = drafts.collect();
        refusal::attach(context, document, &RULE, &mut drafts);
        findings.extend(drafts);
    }
    for Name {
        object,
        text,
        origin,
        is_settled,
        is_mounted,
    } in named(context)
    {
        let bracketed = bracketed(text).filter(|_| is_settled).map(str::to_owned);
        let left = bracketed.or_else(|| placeholder(context, text));
        if let Some(left) = left.filter(|left| is_written(context, origin, left)) {
            let draft = Draft::new(object, origin, "literal text", message(&left));
            let draft = draft.help(HELP).because(&*left);
            findings.add(if is_filled_at_deployment(&left) {
                draft
                    .severity(Severity::Info)
                    .note("Flux and envsubst replace such variables during the deployment")
            } else if is_mounted {
                draft
            } else {
                draft.severity(Severity::Info).note(TEMPLATE)
            });
        }
    }
}

/// `${cluster_name}`: Flux documentation, "Kustomization", post build variable substitution.
fn is_filled_at_deployment(left: &str) -> bool {
    let name = left
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'));
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    name.is_some_and(|name| !name.is_empty() && name.chars().all(is_word))
}

const HELP: &str = "check the rendered template, or write the value";

fn message(left: &str) -> String {
    match left {
        EXAMPLE => {
            format!("`{left}` is the account of AWS's examples, and not an account of this world")
        }
        _ => format!("the placeholder `{left}` has no value"),
    }
}

/// A file that a person or a script fills is known to be a template.
const TEMPLATE: &str = "no mount depends on it, so that a script can fill it before the deployment";

/// What names something outside policies.
struct Name<'c> {
    object: String,
    text: &'c str,
    origin: Origin,
    /// Whether brackets in it are no sign of a value that is not known yet.
    is_settled: bool,
    /// Whether a mount depends on it, or it is in a source that nobody fills before the deployment.
    is_mounted: bool,
}

/// Whether a source contains a text at a place: the name of an unknown value can contain what reads like a placeholder.
fn is_written(context: &Context<'_>, origin: Origin, left: &str) -> bool {
    let source = context.sources.get(origin.source);
    let is_shown = context.sources.is_shown(origin.source);
    !is_shown || source.is_some_and(|source| source.slice(origin.span).contains(left))
}

/// The names in annotations, associations, and objects of classes.
fn named<'c>(context: &'c Context<'_>) -> impl Iterator<Item = Name<'c>> {
    let inventory = context.inventory;
    let mounts = context.simulator.mounts().iter();
    let pods: HashSet<&Pod> = mounts.clone().map(|mount| &mount.pod).collect();
    let classes = mounts.filter_map(|mount| Some(place_of(mount.class?.0)));
    let mounted: HashSet<_> = classes.collect();
    let is_terraform = |origin: Origin| {
        let name = context.sources.name(origin.source);
        let mut ends = [".tf", ".tofu"].into_iter();
        ends.any(|end| name.ends_with(end))
    };
    let accounts = inventory
        .service_accounts
        .iter()
        .filter_map(move |account| {
            let role = account.irsa.as_ref()?;
            Some(Name {
                object: inventory.pod_name(&account.pod),
                text: role.value.as_str(),
                origin: role.origin,
                is_settled: context.sources.is_shown(role.origin.source),
                is_mounted: pods.contains(&account.pod) || is_terraform(role.origin),
            })
        });
    let associations = inventory.associations.iter().flat_map(|association| {
        association.roles().map(|role| Name {
            object: inventory.pod_name(&association.pod()),
            text: role.value.as_str(),
            origin: role.origin,
            is_settled: false,
            is_mounted: true,
        })
    });
    let classes = inventory.classes.iter().flat_map(move |class| {
        let is_mounted = mounted.contains(&place_of(class)) || is_terraform(class.name.origin);
        let names = class.objects.iter().map(|object| &object.name);
        names.map(move |name| Name {
            object: format!("{}/{}", class.namespace, class.name.value),
            text: name.value.as_str(),
            origin: name.origin,
            is_settled: true,
            is_mounted,
        })
    });
    accounts.chain(associations).chain(classes)
}

/// Where a class is defined.
fn place_of(class: &SecretProviderClass) -> Origin {
    class.name.origin
}

/// The part of a text that waits to be filled in.
fn placeholder(context: &Context<'_>, text: &str) -> Option<String> {
    // Most texts hold none of the letters that these begin with.
    let starts = text.contains(['{', '$', '!']).then_some(STARTS);
    let starts = starts.iter().flatten();
    if let Some(at) = starts.filter_map(|start| text.find(start)).min() {
        let rest = text.get(at..).unwrap_or(text);
        let end = rest.find('}').map_or(rest.len(), |end| end + 1);
        let end = if rest.get(end..).is_some_and(|rest| rest.starts_with('}')) {
            end + 1
        } else {
            end
        };
        return rest.get(..end).map(str::to_owned);
    }
    if let Some(bare) = bare(text) {
        return Some(bare.to_owned());
    }
    if let Some(word) = WAITING.iter().find(|word| text.contains(**word)) {
        return Some(whole_word(text, word).to_owned());
    }
    if let Some(word) = capitals(text) {
        return Some(word.to_owned());
    }
    let accounts = &context.inventory.accounts;
    let is_example = text
        .split(|letter: char| !letter.is_ascii_digit())
        .any(|part| part == EXAMPLE);
    (is_example && !accounts.is_empty() && accounts.iter().all(|account| account.id != EXAMPLE))
        .then(|| EXAMPLE.to_owned())
}

/// The word around a part of a text: `YOUR_ACCOUNT_ID`.
fn whole_word<'t>(text: &'t str, part: &str) -> &'t str {
    let is_end = |letter: char| !(letter.is_ascii_alphanumeric() || letter == '_' || letter == '-');
    let mut words = text.split(is_end);
    words.find(|word| word.contains(part)).unwrap_or(text)
}

/// `ACCOUNT_ID`: a word of capitals in the place of the region or the account of an ARN.
fn capitals(text: &str) -> Option<&str> {
    let parts: Vec<_> = text.strip_prefix("arn:")?.splitn(5, ':').collect();
    let is_capital =
        |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    let mut places = [parts.get(3), parts.get(2)].into_iter().flatten().copied();
    places.find(|part| {
        part.starts_with(|first: char| first.is_ascii_uppercase()) && part.chars().all(is_capital)
    })
}

/// `${AWS_ACCOUNT_ID}`: a variable of a shell, where a policy variable has a colon.
fn bare(text: &str) -> Option<&str> {
    let start = text.find("${")?;
    let end = start + text.get(start..)?.find('}')?;
    let name = text.get(start + 2..end)?;
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    (name.len() > 1 && name.chars().all(is_word)).then(|| text.get(start..=end))?
}

/// `<account-id>`, in other texts an unknown part of a plan: letters and marks between angle brackets.
fn bracketed(text: &str) -> Option<&str> {
    let start = text.find('<')?;
    let end = start + text.get(start..)?.find('>')?;
    let inner = text.get(start + 1..end)?;
    let is_word =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | ' ');
    (inner.len() > 2 && inner.chars().all(is_word)).then(|| text.get(start..=end))?
}
