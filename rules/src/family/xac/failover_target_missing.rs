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
    /// The call to the failover region fails, and that fails the mount even while the first region is healthy.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///      region: us-east-1
    /// +    failoverRegion: us-west-2
    /// ```
    "XAC113" "failover-target-missing", High Break High,
    needs: [Objects], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Fault(Fault::NoObject { name, region }) = refusal else {
        return None;
    };
    let failover = case.missing_failover(region)?;
    let kind = case.kind();
    let message = format!(
        "{} mounts `{name}`, and there is no such {kind} in {region}",
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
