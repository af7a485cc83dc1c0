import Restate

/// The services of the second tour, one line each: the recordings of each are played.
let tour2Services: [any RestateService] = [
    Tour2(),
    Tour2Entries(),
    Tour2Errors(),
    Tour2Flow(),
    Tour2Flows(),
    Tour2Futures(),
    Tour2Named(),
    Tour2Object(),
    Tour2Output(),
    Tour2Quick(),
    Tour2Scopes(),
]
