//! XAC103 `cross-account-needs-arn`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal};
use policy_engine::{simulator::Fault, syntax::arn::Arn};

rule! {
    /// Flags an object that a class mounts by its name, if the object exists only in another account.
    ///
    /// # Why it matters
    ///
    /// Secrets Manager and Parameter Store search for a name in the account of the caller. They return
    /// `ResourceNotFoundException`, although the policies of both accounts allow the read.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    /// -      - objectName: arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db-AbCdEf
    /// +      - objectName: dev/db
    /// +        objectType: secretsmanager
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the complete ARN of the secret:
    ///
    /// ```yaml
    /// - objectName: arn:aws:secretsmanager:us-east-1:444455556666:secret:dev/db-AbCdEf
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html>
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "XAC103" "cross-account-needs-arn", High Break High,
    needs: [Objects], aws: [], fix: None, Check::Cause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Fault(Fault::NoObject { name, region }) = refusal else {
        return None;
    };
    if name.starts_with("arn:") || case.missing_failover(region).is_some() {
        return None;
    }
    let twin = case.twin()?;
    let role = Arn::parse(&case.walk.session.as_ref()?.role)?;
    if role.account == twin.account() {
        return None;
    }
    let message = format!(
        "{} mounts `{name}`, and the {} does not exist in {region}",
        case.names.pod,
        case.noun()
    );
    let label = format!("`{}` is in another account", twin.display(case.inventory));
    let draft = case
        .at(case.mount.name.origin, label, message)
        .help(format!(
            "write the full ARN: objectName: {}, with an objectAlias",
            twin.arn()
        ));
    Some(draft)
}
