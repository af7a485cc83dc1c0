package import RestateHTTP

extension HTTPLimits {
    /// For clients in tests: beside all other tests a connection may be long in coming.
    package static var patient: HTTPLimits {
        var limits = HTTPLimits()
        limits.headerTimeout = .seconds(300)
        return limits
    }
}
