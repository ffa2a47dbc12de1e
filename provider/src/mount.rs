//! One mount, in the order of its steps; the provider writes no file before it has fetched all.

use crate::{
    app::App,
    attributes::Attributes,
    aws::Caller,
    error::{Kind, MountError, shown},
    fetch::{Fetch, MAX_MOUNT, OutputFile},
    generated::{File, MountRequest, MountResponse, ObjectVersion},
    identity::PodIdentity,
    mount_point,
    objects::{self, Class},
    parameter_store,
    policy::{MountQuestion, Verdicts, Wish},
    region::Region,
    secrets_manager,
    writer::{self, Stale},
};
use policy_engine::inventory::class::{Descriptor, Mounting, Translation};
use prost::Message as _;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicUsize},
    time::Duration,
};
use tokio::{sync::Semaphore, task::JoinSet, time::Instant};
use tracing::{info, warn};

/// The number of objects of one mount that are fetched at the same time.
const AT_ONCE: usize = 16;

/// Answers a mount request.
pub(crate) async fn mount(
    app: Arc<App>,
    request: MountRequest,
    deadline: Instant,
) -> Result<MountResponse, MountError> {
    let mut attributes = Attributes::read(&request)?;
    let left = deadline.saturating_duration_since(Instant::now());
    // Calls end a little earlier than the mount, so that the error can name the call without an answer.
    let end = deadline - (left / 10).min(Duration::from_secs(1));
    let (region, failover) = regions(&app, &attributes, end).await?;
    info!(
        namespace = shown(attributes.namespace()),
        pod = shown(attributes.pod()),
        service_account = shown(attributes.service_account()),
        region = shown(&region),
        failover_region = shown(failover.as_deref().unwrap_or_default()),
        "mount requested"
    );
    let config = &app.config;
    let mounting = Mounting {
        dialect: objects::DIALECT,
        region: &region,
        driver_writes: config.driver_writes_secrets,
    };
    let mut class = Class::read(&attributes);
    class.check_identity(&mounting)?;
    let pod_identity = class.facts().uses_pod_identity().unwrap_or_default();
    let identity = PodIdentity::read(&mut attributes, pod_identity, &app.kubernetes, end).await?;
    let identity = Arc::new(identity);
    class.check_objects(&mounting, config)?;
    for warning in attributes.warnings.iter().chain(&class.warnings) {
        warn!(
            namespace = shown(attributes.namespace()),
            pod = shown(attributes.pod()),
            "{}",
            shown(warning)
        );
    }
    let writes = !config.driver_writes_secrets && !class.facts().objects.is_empty();
    if writes && !config.allow_unmounted_target {
        check_target(PathBuf::from(&request.target_path)).await?;
    }
    // With a failover region the primary region gets half of the time.
    let half = end.saturating_duration_since(Instant::now()) / 2;
    let primary_end = match failover {
        Some(_) => end - half,
        None => end,
    };
    let region_of = |name, end| Region::new(name, end, Arc::clone(&app), Arc::clone(&identity));
    let question = policy_question(
        &attributes,
        &identity,
        &region,
        failover.as_deref(),
        &class.facts().objects,
    );
    let asked = app.policy.ask(&question);
    let fetch = Arc::new(Fetch {
        primary: region_of(region, primary_end),
        failover: failover.map(|name| region_of(name, end)),
        target: PathBuf::from(&request.target_path),
        translation: class.facts().translation().unwrap_or(Translation::To('_')),
        permission: attributes.permission,
        driver_writes: config.driver_writes_secrets,
        json: attributes.non_strings_as_json(),
        caller: Caller {
            namespace: attributes.namespace().to_owned(),
            service_account: attributes.service_account().to_owned(),
        },
        versions: std::mem::take(&mut attributes.versions),
        room: AtomicUsize::new(MAX_MOUNT),
    });
    let (fetched, verdicts) = if asked.is_strict() {
        let verdicts = asked.gate(&app.metrics, &question.objects, end).await?;
        (fetch_all(&fetch, class.into_objects()).await, verdicts)
    } else {
        let fetched = fetch_all(&fetch, class.into_objects()).await;
        (fetched, asked.verdicts(end).await)
    };
    let files = compare(&app, &question, fetched, &verdicts)?;
    app.metrics.files("fetched", files.len());
    answer(&app, &fetch, files).await
}

/// Fails if the driver has mounted no file system at the target.
async fn check_target(target: PathBuf) -> Result<(), MountError> {
    let shown = target.display().to_string();
    let check = move || mount_point::is_mount_point(&target);
    match tokio::task::spawn_blocking(check).await {
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => Err(MountError::precondition(format!(
            "{shown} is not a mount point in this provider's container; it writes no secret to the disk of the node"
        ))
        .hint(
            "mount the pods directory of kubelet into the provider at the same path with mountPropagation: HostToContainer; for a driver without a mount set --allow-unmounted-target",
        )),
        Ok(Err(error)) => Err(MountError::internal(format!("{shown}: {error}"))),
        Err(_) => Err(MountError::internal("a bug in the provider: it cannot check the target")),
    }
}

/// The mount as a question to the policy engine.
fn policy_question(
    attributes: &Attributes,
    identity: &PodIdentity,
    region: &str,
    failover_region: Option<&str>,
    objects: &[Descriptor],
) -> MountQuestion {
    let wishes = objects.iter().map(|object| {
        let parameter = object.is_parameter();
        let wanted = objects::primary(object);
        // The selector of a parameter's name is not part of the resource.
        let bare = |name: &str| {
            if parameter {
                parameter_store::base(name).to_owned()
            } else {
                name.to_owned()
            }
        };
        Wish {
            service: object.service(),
            name: bare(wanted.name),
            version: wanted.version.to_owned(),
            label: wanted.label.to_owned(),
            failover_name: bare(objects::failover(object).name),
        }
    });
    MountQuestion {
        namespace: attributes.namespace().to_owned(),
        service_account: attributes.service_account().to_owned(),
        pod_name: attributes.pod().to_owned(),
        pod_uid: attributes.pod_uid().to_owned(),
        issuer: identity.issuer(),
        role: identity.role().map(str::to_owned),
        region: region.to_owned(),
        failover_region: failover_region.map(str::to_owned),
        objects: wishes.collect(),
    }
}

/// Compares the result of AWS with the verdicts of the policy snapshot; the cause in the snapshot becomes the hint of a denial.
fn compare(
    app: &App,
    question: &MountQuestion,
    fetched: Result<Vec<OutputFile>, Failed>,
    verdicts: &Verdicts,
) -> Result<Vec<OutputFile>, MountError> {
    if question.objects.is_empty() {
        return fetched.map_err(|failed| failed.error);
    }
    verdicts.count(&app.metrics);
    let MountQuestion {
        namespace,
        service_account,
        ..
    } = question;
    let Failed { error, places } = match fetched {
        Ok(files) => {
            if let Some((at, cause)) = verdicts.first_not_allowed() {
                app.metrics.policy_disagreement("allowed");
                if verdicts.are_logged() {
                    let object = question.objects.get(at).map(|wish| shown(&wish.name));
                    warn!(
                        namespace = shown(namespace),
                        service_account = shown(service_account),
                        object,
                        cause,
                        "AWS allows an access that the policy snapshot does not allow"
                    );
                }
            }
            return Ok(files);
        }
        Err(failed) => failed,
    };
    let refused = error.kind() == Kind::PermissionDenied;
    if refused && verdicts.allows(&places) {
        app.metrics.policy_disagreement("refused");
        if verdicts.are_logged() {
            let objects = places.iter().filter_map(|at| question.objects.get(*at));
            let objects: Vec<_> = objects.map(|wish| &*wish.name).collect();
            warn!(
                namespace = shown(namespace),
                service_account = shown(service_account),
                objects = shown(&objects.join(", ")),
                "AWS denies an access that the policy snapshot allows"
            );
        }
    }
    let set_up = matches!(error.kind(), Kind::NotFound | Kind::FailedPrecondition);
    match verdicts.cause(&places) {
        Some(cause) if refused || set_up => Err(error.hint(cause)),
        _ => Err(error),
    }
}

/// The primary region and the failover region.
async fn regions(
    app: &App,
    attributes: &Attributes,
    end: Instant,
) -> Result<(String, Option<String>), MountError> {
    let given = [attributes.get("region"), &app.aws_region];
    let region = match given.into_iter().find(|region| !region.is_empty()) {
        Some(region) => region,
        None => {
            let (namespace, pod) = (attributes.namespace(), attributes.pod());
            app.kubernetes.node_region(namespace, pod, end).await?
        }
    };
    let failover = attributes.get("failoverRegion");
    let failover = (!failover.is_empty()).then(|| failover.to_owned());
    Ok((region.to_owned(), failover))
}

/// One unit that is fetched: a secret, or a batch of parameters.
enum Unit {
    Secret(usize, Descriptor),
    Parameters(Vec<usize>, Vec<Descriptor>),
}

impl Unit {
    /// The positions of its objects.
    fn places(&self) -> Vec<usize> {
        match self {
            Self::Secret(at, _) => vec![*at],
            Self::Parameters(places, _) => places.clone(),
        }
    }
}

/// The failure that is reported, and the positions of its objects.
struct Failed {
    error: MountError,
    places: Vec<usize>,
}

/// Fetches all objects concurrently, within a bound; returns the files in document order, or the first error in that order.
async fn fetch_all(
    fetch: &Arc<Fetch>,
    descriptors: Vec<Descriptor>,
) -> Result<Vec<OutputFile>, Failed> {
    let (mut secrets, mut parameters) = (Vec::new(), Vec::new());
    for (at, descriptor) in descriptors.into_iter().enumerate() {
        let group = if descriptor.is_parameter() {
            &mut parameters
        } else {
            &mut secrets
        };
        group.push((at, descriptor));
    }
    let mut units: Vec<Unit> = secrets
        .into_iter()
        .map(|(at, descriptor)| Unit::Secret(at, descriptor))
        .collect();
    let mut parameters = parameters.into_iter().peekable();
    while parameters.peek().is_some() {
        let (places, batch) = parameters.by_ref().take(parameter_store::BATCH).unzip();
        units.push(Unit::Parameters(places, batch));
    }
    let mut places: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    for (order, unit) in units.into_iter().enumerate() {
        let (fetch, slots) = (Arc::clone(fetch), Arc::clone(&slots));
        places.insert(order, unit.places());
        tasks.spawn(async move {
            let _slot = slots.acquire().await;
            (order, Box::pin(fetch_unit(&fetch, unit)).await)
        });
    }
    let mut output: BTreeMap<usize, Vec<OutputFile>> = BTreeMap::new();
    let mut errors: BTreeMap<usize, MountError> = BTreeMap::new();
    while let Some(done) = tasks.join_next().await {
        match done {
            Ok((_, Ok(files))) => output.extend(files),
            Ok((order, Err(error))) => drop(errors.insert(order, error)),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => {
                let error = MountError::internal("a task of this mount was cancelled");
                return Err(Failed {
                    error,
                    places: Vec::new(),
                });
            }
        }
    }
    match errors.into_iter().next() {
        Some((order, error)) => Err(Failed {
            error,
            places: places.remove(&order).unwrap_or_default(),
        }),
        None => Ok(output.into_values().flatten().collect()),
    }
}

async fn fetch_unit(
    fetch: &Fetch,
    unit: Unit,
) -> Result<Vec<(usize, Vec<OutputFile>)>, MountError> {
    match unit {
        Unit::Secret(at, descriptor) => {
            let files = secrets_manager::fetch(fetch, &descriptor).await?;
            Ok(vec![(at, files)])
        }
        Unit::Parameters(places, batch) => {
            let files = parameter_store::fetch(fetch, &batch).await?;
            Ok(places.into_iter().zip(files).collect())
        }
    }
}

/// Writes the files, or returns them to the driver.
async fn answer(
    app: &App,
    fetch: &Fetch,
    files: Vec<OutputFile>,
) -> Result<MountResponse, MountError> {
    let mut versions: BTreeMap<&str, usize> = BTreeMap::new();
    let mut response = MountResponse::default();
    for file in &files {
        let version = ObjectVersion {
            id: file.name.clone(),
            version: file.version.clone(),
        };
        // Of two files with one name the last one is mounted, and its version is reported.
        match versions.get(file.name.as_str()).copied() {
            Some(at) => {
                if let Some(slot) = response.object_version.get_mut(at) {
                    *slot = version;
                }
            }
            None => {
                versions.insert(&file.name, response.object_version.len());
                response.object_version.push(version);
            }
        }
    }
    if files.is_empty() && app.config.allow_empty_objects {
        response.object_version.push(ObjectVersion {
            id: ".empty".to_owned(),
            version: "0".to_owned(),
        });
        return Ok(response);
    }
    if files.is_empty() {
        return Ok(response);
    }
    if app.config.driver_writes_secrets {
        for_driver(app, &fetch.target, files, &mut response)?;
        return Ok(response);
    }
    let target = fetch.target.clone();
    let known = app.config.remove_stale_files.then(|| {
        let names = fetch.versions.keys();
        names.cloned().collect::<Vec<_>>()
    });
    let write = move || {
        let stale = known.as_deref().map_or(Stale::Keep, Stale::Remove);
        writer::write(&target, &files, stale)
    };
    let written = tokio::task::spawn_blocking(write)
        .await
        .map_err(|_| MountError::internal("a bug in the provider: the writer ended early"))?
        .map_err(|error| MountError::internal(error.to_string()))?;
    app.metrics.files("written", written.changed);
    app.metrics.files("unchanged", written.unchanged);
    app.metrics.files("removed", written.removed);
    Ok(response)
}

fn for_driver(
    app: &App,
    target: &Path,
    files: Vec<OutputFile>,
    response: &mut MountResponse,
) -> Result<(), MountError> {
    let mut last: BTreeMap<String, usize> = BTreeMap::new();
    for (at, file) in files.iter().enumerate() {
        last.insert(file.name.clone(), at);
    }
    for (at, file) in files.into_iter().enumerate() {
        // Of two files with one name the last one is mounted.
        if last.get(&file.name) == Some(&at) {
            response.files.push(File {
                path: file.name,
                mode: i32::try_from(file.mode).unwrap_or(0o644),
                contents: file.content.into_exposed(),
            });
        }
    }
    let length = response.encoded_len();
    if length > app.config.max_reply_bytes {
        return Err(MountError::precondition(format!(
            "the answer has {length} bytes, and the driver accepts {}; raise --max-call-recv-msg-size of the driver and --max-reply-bytes of this provider, or split the class",
            app.config.max_reply_bytes
        )));
    }
    // DEV-14: the driver does not update the time of an unchanged directory, and would send the next request at once.
    if target.join("..data").symlink_metadata().is_ok() {
        let _ = writer::renew(target);
    }
    Ok(())
}
