import Restate

/// The services of the second tour, one line each: the recordings of each are played.
let tour2Services: [any RestateService] = [
    Tour2(),
    Tour2Entries(),
    Tour2Errors(),
    Tour2Explicit(),
    Tour2Flow(),
    Tour2Flows(),
    Tour2Formats(),
    Tour2FormatsFlow(),
    Tour2FormatsObject(),
    Tour2Futures(),
    Tour2Mapped(),
    Tour2Mismatching<RetriedMismatch>(),
    Tour2Mismatching<PausedMismatch>(),
    Tour2Mismatching<FailedMismatch>(),
    Tour2MismatchObject(),
    Tour2Named(),
    Tour2Object(),
    Tour2Output(),
    Tour2Quick(),
    Tour2Retries(),
    Tour2Scopes(),
    Tour2Undo(),
]
