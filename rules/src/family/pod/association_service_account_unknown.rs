//! POD203 `association-service-account-unknown`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};

rule! {
    /// Flags an association for a service account that does not exist, where all service accounts are known.
    ///
    /// # Why it matters
    ///
    /// It is accepted and never used. The pods that were meant get no credentials.
    ///
    /// # Flagged
    ///
    /// ```diff association.json
    /// -    "serviceAccount": "app",
    /// +    "serviceAccount": "gone",
    /// ```
    ///
    /// ```diff ascp-policy.yaml
    ///          serviceAccounts:
    /// +          dev/app: { association: pod-reader }
    /// ```
    "POD203" "association-service-account-unknown", High Break High,
    needs: [Associations], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    let inventory = context.inventory;
    for association in &inventory.associations {
        let pod = association.pod();
        let account = inventory
            .cluster(&pod.cluster)
            .map_or("", |cluster| cluster.account.as_str());
        let name = format!("{}/{}", pod.namespace, pod.service_account);
        let known = inventory
            .service_accounts
            .iter()
            .any(|account| account.pod == pod)
            || inventory
                .workloads
                .iter()
                .any(|workload| workload.pod() == pod)
            || inventory.mounts.iter().any(|mount| mount.pod == pod);
        if known || !inventory.is_absent("serviceAccounts", account, &name) {
            continue;
        }
        let display = inventory.pod_name(&pod);
        // A namespace that differs is what the cause of a mount points at, too: SPC122.
        let elsewhere = inventory
            .workloads
            .iter()
            .any(|workload| workload.service_account.value == pod.service_account);
        let place = if elsewhere {
            association.namespace.origin
        } else {
            association.service_account.origin
        };
        let draft = Draft::new(
            &*display,
            place,
            "no such service account",
            format!("the association is for {display}, which does not exist"),
        )
        .help("name an existing service account, or remove the association");
        findings.add(draft);
    }
}
