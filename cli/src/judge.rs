//! Applies the configuration, exceptions and the baseline to the findings, and reports mistakes in exceptions.

use crate::{
    baseline::Baseline,
    config::{
        Config, Level, Selection, Selector, Terms,
        weaken::{accepts_all, is_broad},
    },
    inline::Inline,
    issue::{Exception, Issue, State, place},
    report::count,
    rulebook::{Class, RuleInfo, Severity, find as rule},
};
use jiff::civil::Date;
use policy_engine::source::{Origin, SourceMap};
use rules::finding::{Label, NoFix};
use std::collections::{BTreeSet, HashMap};

/// For how many different codes near names are looked for.
const MAX_SUGGESTED: usize = 100;
/// How many codes that match no rule have a finding each.
const MAX_UNKNOWN: usize = 1_000;

/// Everything that bears on the findings of a run.
pub struct Judge<'j> {
    /// The configuration.
    pub config: &'j Config,
    /// Where its text is among `sources`.
    pub config_world: usize,
    /// Where the texts of files without a world are.
    pub files_world: usize,
    /// The rules that run, after the command line.
    pub selection: &'j Selection,
    /// The least severity that is reported.
    pub threshold: Option<Severity>,
    /// The exceptions beside the code.
    pub inline: &'j [Inline],
    /// The accepted findings, and the file.
    pub baseline: Option<(&'j Baseline, &'j str)>,
    /// All texts.
    pub sources: &'j [SourceMap],
    /// The day.
    pub today: Date,
    /// Whether the run covers everything below the configuration.
    pub whole: bool,
    /// What differs from the commit of `--config-from`.
    pub changes: &'j [Change],
}

/// What differs from the commit of `--config-from`.
#[derive(Clone, Debug)]
pub struct Change {
    /// The world of its place; none for the texts of files without one.
    pub world: Option<usize>,
    /// Its place.
    pub origin: Origin,
    /// What differs.
    pub object: String,
    /// The message, one line.
    pub message: String,
    /// What the run does with it.
    pub effect: Effect,
}

/// What a run with `--config-from` does with a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: the state of the commit counts.
    None,
    /// It counts, because it is a fact.
    Applied,
    /// Something of the commit cannot be applied any more.
    Lost,
}

/// Whether an exception covers a place of a finding.
type Covers<'j> = Box<dyn Fn(&Issue, Origin) -> bool + 'j>;

/// An exception of any kind during the run.
struct Entry<'j> {
    codes: Vec<&'j Selector>,
    reason: Option<&'j str>,
    until: Option<Date>,
    bad_date: Option<&'j str>,
    world: usize,
    origin: Origin,
    in_source: bool,
    broad: bool,
    whole_file: bool,
    covers: Covers<'j>,
    used: bool,
    /// The critical leaks that it accepts: rule and object.
    leaks: BTreeSet<(&'static str, String)>,
}

impl Judge<'_> {
    /// Judges all findings: adds findings about exceptions, and removes findings below the threshold.
    pub fn judge(&self, findings: Vec<Issue>) -> Vec<Issue> {
        let mut issues: Vec<Issue> = findings
            .into_iter()
            .filter(|issue| self.selection.contains(&issue.rule))
            .filter_map(|issue| self.leveled(issue))
            .collect();
        let mut entries = self.entries();
        for issue in &mut issues {
            self.except(issue, &mut entries);
        }
        let mut own = self.about_exceptions(&entries);
        own.extend(self.about_codes());
        own.extend(self.about_changes());
        if let Some((baseline, file)) = self.baseline {
            let gone = baseline.apply(&mut issues, |issue| self.is_forbidden(issue), self.today);
            if self.whole && !gone.is_empty() {
                own.extend(self.stale(gone.len(), file));
            }
        }
        let own = own
            .into_iter()
            .filter(|issue| self.selection.contains(&issue.rule))
            .filter_map(|issue| self.leveled(issue));
        issues.extend(own);
        issues.retain(|issue| self.threshold.is_none_or(|least| issue.severity <= least));
        issues
    }

    /// The finding with the severity of the configuration; `None` if its level is `allow`.
    fn leveled(&self, mut issue: Issue) -> Option<Issue> {
        let file = issue
            .place(self.sources)
            .map(|place| place.file)
            .unwrap_or_default();
        let below = self.relative(&file);
        let over = self
            .config
            .overrides
            .iter()
            .filter(|entry| entry.paths.is_match(&below));
        let levels = over
            .flat_map(|entry| &entry.levels)
            .chain(&self.config.levels);
        // The most specific selector decides; overrides come before the general settings.
        let mut best: Option<(usize, Level)> = None;
        for (selector, level) in levels {
            if level.value == Level::Forbid {
                continue;
            }
            if let Some(strength) = selector.matches(&issue.rule)
                && best.is_none_or(|(before, _)| strength > before)
            {
                best = Some((strength, level.value));
            }
        }
        match best {
            Some((_, Level::Allow)) => return None,
            Some((_, Level::Severity(severity))) => issue.severity = severity,
            _ => {}
        }
        Some(issue)
    }

    /// A file relative to the configuration.
    fn relative(&self, file: &str) -> String {
        let absolute = std::path::absolute(file).ok();
        let base = std::path::absolute(&self.config.directory).ok();
        let inside = absolute
            .zip(base)
            .and_then(|(file, base)| Some(file.strip_prefix(base).ok()?.display().to_string()));
        inside.unwrap_or_else(|| file.to_owned()).replace('\\', "/")
    }

    fn is_forbidden(&self, issue: &Issue) -> bool {
        self.config.levels.iter().any(|(selector, level)| {
            level.value == Level::Forbid && selector.matches(&issue.rule).is_some()
        })
    }

    fn entries(&self) -> Vec<Entry<'_>> {
        let inline = self.inline.iter().map(|exception| {
            let (until, bad_date) = match &exception.until {
                Some(Ok(date)) => (Some(*date), None),
                Some(Err(text)) => (None, Some(text.as_str())),
                None => (None, None),
            };
            Entry {
                codes: exception.codes.iter().collect(),
                reason: exception.reason.as_deref(),
                until,
                bad_date,
                world: exception.world,
                origin: exception.origin,
                in_source: true,
                broad: exception.whole_file && exception.codes.iter().any(is_broad),
                whole_file: exception.whole_file,
                covers: Box::new(move |issue, at| {
                    issue.world == exception.world
                        && at.source == exception.covers.source
                        && at.span.start >= exception.covers.span.start
                        && at.span.start <= exception.covers.span.end
                }),
                used: false,
                leaks: BTreeSet::new(),
            }
        });
        let overrides = self
            .config
            .overrides
            .iter()
            .filter(|entry| !entry.ignore.is_empty())
            .map(|entry| {
                let covers = Box::new(move |issue: &Issue, _| {
                    issue
                        .place(self.sources)
                        .is_some_and(|place| entry.paths.is_match(self.relative(&place.file)))
                });
                self.configured(entry.ignore.iter().collect(), &entry.terms, true, covers)
            });
        let suppress = self.config.suppress.iter().map(|exception| {
            let covers = Box::new(move |issue: &Issue, _| {
                let place = issue.place(self.sources);
                let names = |set: &globset::GlobSet| {
                    set.is_match(&issue.object)
                        || place
                            .as_ref()
                            .and_then(|place| place.address.as_ref())
                            .is_some_and(|name| set.is_match(name))
                };
                let inside = |set: &globset::GlobSet| {
                    place
                        .as_ref()
                        .is_some_and(|place| set.is_match(self.relative(&place.file)))
                };
                exception.object.as_ref().is_none_or(names)
                    && exception.paths.as_ref().is_none_or(inside)
            });
            let broad =
                accepts_all(exception.object.as_ref()) || exception.codes.iter().any(is_broad);
            self.configured(
                exception.codes.iter().collect(),
                &exception.terms,
                broad,
                covers,
            )
        });
        inline.chain(overrides).chain(suppress).collect()
    }

    fn configured<'e>(
        &self,
        codes: Vec<&'e Selector>,
        terms: &'e Terms,
        broad: bool,
        covers: Covers<'e>,
    ) -> Entry<'e> {
        Entry {
            codes,
            reason: terms.reason.as_deref(),
            until: terms.until.as_ref().map(|until| until.value),
            bad_date: None,
            world: self.config_world,
            origin: terms.origin,
            in_source: false,
            broad,
            whole_file: false,
            covers,
            used: false,
            leaks: BTreeSet::new(),
        }
    }

    /// Accepts a finding by the first exception that covers it, and marks all that cover it as used. Of a finding with several places each must
    /// be covered.
    fn except(&self, issue: &mut Issue, entries: &mut [Entry<'_>]) {
        let forbidden = self.is_forbidden(issue);
        let mut open = issue.repeated.clone();
        open.push(issue.primary.origin);
        let mut accepted = None;
        for entry in entries {
            let is_about = entry
                .codes
                .iter()
                .any(|code| code.matches(&issue.rule).is_some());
            let mut places = issue.repeated.iter().chain([&issue.primary.origin]);
            if !is_about || !places.any(|place| (entry.covers)(issue, *place)) {
                continue;
            }
            entry.used = true;
            let holds =
                entry.bad_date.is_none() && entry.until.is_none_or(|until| until >= self.today);
            if !holds || (forbidden && entry.in_source) {
                continue;
            }
            if issue.severity == Severity::Critical && issue.class == Class::Leak {
                entry.leaks.insert((issue.rule.code, issue.object.clone()));
            }
            open.retain(|place| !(entry.covers)(issue, *place));
            accepted.get_or_insert_with(|| Exception {
                reason: entry.reason.map(str::to_owned),
                in_source: entry.in_source,
                place: self.spot(entry.world, entry.origin),
            });
        }
        if let Some(exception) = accepted.filter(|_| open.is_empty() && issue.is_active()) {
            issue.state = State::Suppressed(exception);
        }
    }

    fn spot(&self, world: usize, origin: Origin) -> String {
        place(self.sources, world, origin)
            .map(|place| format!("{}:{}", place.file, place.position.line))
            .unwrap_or_default()
    }

    fn about_exceptions(&self, entries: &[Entry<'_>]) -> Vec<Issue> {
        let mut own = Vec::new();
        let mut runs: HashMap<&str, bool> = HashMap::new();
        for entry in entries {
            let codes: Vec<_> = entry
                .codes
                .iter()
                .map(|code| code.text.value.as_str())
                .collect();
            let codes = codes.join(", ");
            let mut report = |code: &str, message: String, help: &str| {
                own.extend(self.own(code, message, help, &codes, entry.world, entry.origin));
            };
            let reason = entry.reason.unwrap_or("");
            if self.config.require_reason
                && (reason.is_empty() || reason.eq_ignore_ascii_case("todo"))
            {
                let help = "state why the finding is accepted";
                report(
                    "CFG102",
                    format!("the exception for {codes} has no reason"),
                    help,
                );
            }
            if let Some(text) = entry.bad_date {
                let help = "write a date: until 2026-12-31";
                report(
                    "CFG103",
                    format!("`{text}` is not a date, so the exception for {codes} has no effect"),
                    help,
                );
            } else if let Some(until) = entry.until.filter(|until| *until < self.today) {
                let help = "repair the finding and remove the exception, or set a later date";
                report(
                    "CFG103",
                    format!("the exception for {codes} expired on {until}"),
                    help,
                );
            }
            let runs = entry.codes.iter().any(|code| {
                *runs.entry(&code.text.value).or_insert_with(|| {
                    crate::rulebook::all()
                        .iter()
                        .any(|rule| code.matches(rule).is_some() && self.selection.contains(rule))
                })
            });
            if !entry.used && runs && (self.whole || entry.in_source) {
                report(
                    "CFG101",
                    format!("the exception for {codes} matches no finding"),
                    "remove it",
                );
            }
            let is_broad = entry.broad || entry.whole_file && entry.leaks.len() > 1;
            if is_broad && !entry.leaks.is_empty() {
                let help = "name the code and the object";
                report(
                    "CFG107",
                    format!("the exception for {codes} also accepts a critical leak"),
                    help,
                );
            }
        }
        own
    }

    /// Codes that match no rule.
    fn about_codes(&self) -> Vec<Issue> {
        let config = self.config;
        let levels = config.levels.iter().map(|(selector, _)| selector);
        let overrides = config.overrides.iter().flat_map(|entry| {
            entry
                .ignore
                .iter()
                .chain(entry.levels.iter().map(|(selector, _)| selector))
        });
        let suppress = config
            .suppress
            .iter()
            .flat_map(|exception| &exception.codes);
        let configured = config
            .selection
            .all()
            .chain(levels)
            .chain(overrides)
            .chain(suppress);
        let configured = configured.map(|selector| (selector, self.config_world));
        let inline = self
            .inline
            .iter()
            .flat_map(|exception| exception.codes.iter().map(|code| (code, exception.world)));
        let mut helps: HashMap<&str, Option<String>> = HashMap::new();
        let mut own = Vec::new();
        let mut others = None;
        let mut unknown = 0;
        for (selector, world) in configured.chain(inline) {
            let (text, origin) = (selector.text.value.as_str(), selector.text.origin);
            if unknown >= MAX_UNKNOWN {
                if selector.unknown_quickly().is_some() {
                    unknown += 1;
                    others.get_or_insert((text, world, origin));
                }
                continue;
            }
            let different = helps.len();
            let help = helps.entry(text).or_insert_with(|| {
                // Near names are looked for so often only.
                if different < MAX_SUGGESTED {
                    selector.unknown()
                } else {
                    selector.unknown_quickly()
                }
            });
            let Some(help) = help else { continue };
            unknown += 1;
            let message = format!("`{text}` matches no rule");
            own.extend(self.own("CFG104", message, help, text, world, origin));
        }
        if let Some((text, world, origin)) = others {
            let message = match unknown - MAX_UNKNOWN {
                1 => format!("`{text}` matches no rule"),
                more => format!(
                    "`{text}` and {} more match no rule",
                    count(more - 1, "code")
                ),
            };
            let help = "`ascp-policy rules` lists all rules";
            own.extend(self.own("CFG104", message, help, text, world, origin));
        }
        own
    }

    /// Changes of what judges; they have no effect.
    fn about_changes(&self) -> Vec<Issue> {
        let help = "review it as code; it takes effect once it is merged";
        let facts = "review the facts: `check` cannot tell whether they are true";
        let lost = "restore the file; remove its promises first, in a change of their own";
        let issues = self.changes.iter().filter_map(|change| {
            let (help, least) = match change.effect {
                Effect::None => (help, Severity::Info),
                Effect::Applied => (facts, Severity::Info),
                Effect::Lost => (lost, Severity::High),
            };
            let world = change.world.unwrap_or(self.files_world);
            let (message, object) = (change.message.clone(), &change.object);
            let issue = self.own("CFG108", message, help, object, world, change.origin)?;
            Some(Issue {
                severity: issue.severity.min(least),
                ..issue
            })
        });
        issues.collect()
    }

    fn stale(&self, count: usize, file: &str) -> Option<Issue> {
        let message = match count {
            1 => format!("1 entry of `{file}` matches no finding"),
            many => format!("{many} entries of `{file}` match no finding"),
        };
        let help = "run `ascp-policy baseline prune`";
        self.own(
            "CFG105",
            message,
            help,
            file,
            self.config_world,
            Origin::NOWHERE,
        )
    }

    fn own(
        &self,
        code: &str,
        message: String,
        help: &str,
        object: &str,
        world: usize,
        origin: Origin,
    ) -> Option<Issue> {
        let rule: RuleInfo = rule(code)?;
        let spot = self.spot(world, origin);
        let file = spot.rsplit_once(':').map_or("", |(file, _)| file);
        Some(Issue {
            rule,
            severity: rule.severity,
            class: rule.class,
            fingerprint: fingerprint(&[code, object, file]),
            message,
            object: object.to_owned(),
            primary: Label {
                origin,
                text: "here".to_owned(),
            },
            related: Vec::new(),
            notes: Vec::new(),
            help: Some(help.to_owned()),
            fix: None,
            no_fix: Some(NoFix::Decision),
            world,
            repeated: Vec::new(),
            part: None,
            represents: Vec::new(),
            state: State::Active,
        })
    }
}

/// A hash of the identity of a finding, which contains no line numbers.
fn fingerprint(parts: &[&str]) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in parts.iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}
