package import RestateHTTP

extension HTTPLimits {
    /// What a Restate server takes of a request's head, at its ingress and at its admin API.
    package static var ofServer: HTTPLimits {
        var limits = HTTPLimits()
        limits.headerListBytes = 16 << 10
        limits.headBytes = 417_792
        limits.headFields = 100
        limits.targetBytes = 65_534
        limits.concurrentStreams = 1000
        return limits
    }
}
