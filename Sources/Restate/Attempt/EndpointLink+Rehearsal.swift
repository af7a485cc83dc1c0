package import RestateHTTP
package import RestateProtocol
package import RestateServices

extension EndpointLink {
    /// Begins an attempt that stays on `loop` from beginning to end.
    ///
    /// - Parameter comesToRest: called each time the attempt begins to wait, and when a closure has
    ///   ended.
    /// - Returns: nil if there is no such handler.
    package func rehearse(
        service: String, handler: String, version: ProtocolVersion, _ stream: any AttemptStream,
        on loop: EventLoop, comesToRest: @escaping () -> Void
    ) -> RehearsedAttempt? {
        guard let handler = self.handler(service, handler) else { return nil }
        return RehearsedAttempt(handler, version, stream, on: loop, comesToRest: comesToRest)
    }
}
