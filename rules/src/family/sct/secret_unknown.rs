//! SCT113 `secret-unknown`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Change, Draft, Findings, Grade};
use crate::mount::cause::{Case, Refusal, nearest};
use crate::text::globs::includes;
use policy_engine::{
    inventory::find::Object,
    simulator::Fault,
    text::{Part, Text},
};

rule! {
    /// Flags a mounted object that does not exist in its account and region. The rule requires that all objects there are
    /// known, or that the name differs by a letter from a secret that no class names.
    ///
    /// # Why it matters
    ///
    /// AWS returns `ResourceNotFoundException`, or denies the read if the name matches no pattern of the policy. The mount
    /// fails, and the pod does not start.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -      - objectName: dev/local
    /// +      - objectName: dev/lokal
    ///          objectType: secretsmanager
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the name of an existing object:
    ///
    /// ```yaml
    /// - objectName: dev/local
    ///   objectType: secretsmanager
    /// ```
    ///
    /// # Fix
    ///
    /// Unsafe: writes the region of an object with this name into the class.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "SCT113" "secret-unknown", High Break High,
    needs: [Objects], aws: [], fix: Some(Grade::Unsafe), Check::GeneralCause(find), Check::World(check);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Fault(Fault::NoObject { name, region }) = refusal else {
        return None;
    };
    let kind = case.noun();
    let message = format!(
        "{} mounts `{name}`, and the {kind} does not exist in {region}",
        case.names.pod
    );
    let inventory = case.inventory;
    if let Some(twin) = case.twin().filter(|twin| twin.region() != region) {
        let own = twin.region();
        let label = format!("`{}` is in {own}", twin.display(inventory));
        let draft = case
            .at(case.decided(), label, message)
            .mounted(case.mount.name.origin)
            .help(format!("region: {own}"));
        let written = case
            .mount
            .class
            .and_then(|(class, _)| class.parameter("region"));
        return Some(match written {
            Some(written) => draft.change(Change::write(
                format!("region: {own}"),
                written.origin,
                &[own.to_owned()],
            )),
            None => draft,
        });
    }
    let draft = case.at(case.mount.name.origin, format!("no such {kind}"), message);
    let typed = case.mount.class.and_then(|(class, _)| {
        let mut objects = class.objects.iter();
        objects.find(|object| object.name.origin == case.mount.name.origin)
    });
    if let Some(typed) = typed.filter(|typed| typed.name.value != *name) {
        let typed = &typed.name.value;
        return Some(draft.help(format!(
            "write it in quotes, objectName: \"{typed}\": the AWS provider reads YAML 1.1, in which `{typed}` is `{name}`"
        )));
    }
    let help = match nearest(name, inventory.objects().map(Object::name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("create the {kind}, or correct its name, account and region"),
    };
    Some(draft.help(help))
}

/// Reports a name that differs by a letter from a secret of the same region that no class names; the sources need not be complete.
fn check(context: &Context<'_>, findings: &mut Findings) {
    let inventory = context.inventory;
    let classes = || {
        inventory
            .classes
            .iter()
            .filter(|class| class.provider == "aws")
    };
    let named: Vec<&str> = classes()
        .flat_map(|class| &class.objects)
        .map(|object| object.name.value.as_str())
        .collect();
    for class in classes() {
        let home = inventory.cluster(&class.cluster);
        let region = class
            .parameter("region")
            .map(|region| region.value.as_str());
        let Some(region) = region.or_else(|| home.map(|home| home.region.as_str())) else {
            continue;
        };
        for object in &class.objects {
            let name = object.name.value.as_str();
            // A name with an unknown part may be the name.
            let is_known = |other: &str| {
                let mut names = inventory.secrets.iter().map(|own| &own.name);
                names.any(|own| own == other || may_be(own, other))
            };
            let is_secret = object
                .kind
                .as_ref()
                .is_some_and(|kind| kind.value == "secretsmanager");
            if !is_secret || name.starts_with("arn:") || is_known(name) {
                continue;
            }
            let idle = inventory
                .secrets
                .iter()
                .filter(|own| own.region.as_str() == region && !named.contains(&own.name.as_str()));
            let names = idle.map(|own| own.name.as_str());
            let near = nearest(name, names).filter(|near| strsim::levenshtein(near, name) == 1);
            let Some(near) = near else { continue };
            let message = format!(
                "the class `{}` names `{name}`, which no source contains; no class names `{near}`",
                class.name.value
            );
            let draft = Draft::new(
                &*class.name.value,
                object.name.origin,
                "no such secret",
                message,
            )
            .because(name)
            .help(format!("did you mean `{near}`?"));
            findings.add(draft);
        }
    }
}

/// Whether a name with unknown parts may be another name.
fn may_be(shown: &str, name: &str) -> bool {
    let text = Text::shown(shown);
    let pattern: String = text
        .parts()
        .map(|part| match part {
            Part::Literal(literal) => literal,
            Part::Hole(_) => "*",
        })
        .collect();
    !text.is_known() && includes(&pattern, name)
}
