//! SCT113 `secret-unknown`.

use crate::check::{Check, rule};
use crate::finding::{Change, Draft, Grade};
use crate::mount::cause::{Case, Refusal, nearest};
use policy_engine::{inventory::find::Object, simulator::Fault};

rule! {
    /// Flags a mounted object that does not exist in its account and region. The rule requires that all objects there are
    /// known.
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
    needs: [Objects], aws: [], fix: Some(Grade::Unsafe), Check::GeneralCause(find);
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
    let help = match nearest(name, inventory.objects().map(Object::name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("create the {kind}, or correct its name, account and region"),
    };
    Some(draft.help(help))
}
