//! XAC113 `failover-target-missing`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};
use policy_engine::simulator::Fault;

rule! {
    /// Flags a failover region in which a mounted object does not exist.
    ///
    /// # Why it matters
    ///
    /// The provider calls both regions at each mount. If the object does not exist in the failover region, the mount fails
    /// even while the first region is healthy.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///      region: us-east-1
    /// +    failoverRegion: us-west-2
    /// ```
    ///
    /// # Accepted
    ///
    /// Replicate the secret to the failover region, or mount without one:
    ///
    /// ```yaml
    /// region: us-east-1
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_secretsmanager_secret" "db" {
    ///   name = "dev/db"
    ///   replica {
    ///     region = "us-west-2"
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html>
    "XAC113" "failover-target-missing", High Break High,
    needs: [Objects], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Fault(Fault::NoObject { name, region }) = refusal else {
        return None;
    };
    let failover = case.missing_failover(region)?;
    let kind = case.noun();
    let message = format!(
        "{} mounts `{name}`, and the {kind} does not exist in {region}",
        case.names.pod
    );
    let class = case.mount.class.map(|(class, _)| class);
    let place = class.and_then(|class| class.parameter("failoverRegion"));
    let place = place.map_or(case.mount.name.origin, |place| place.origin);
    let draft = case
        .at(place, format!("no such {kind} here"), message)
        .mounted(case.mount.name.origin)
        .help(format!(
            "replicate `{}` to {region}, or remove the failover region",
            failover.name
        ));
    Some(draft)
}
