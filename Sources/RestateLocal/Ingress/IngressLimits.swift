package import RestateHTTP

extension HTTPLimits {
    /// The limits that a Restate server has for the head of a request, at its ingress and its admin
    /// API.
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
