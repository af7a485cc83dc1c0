import Foundation
import RestateClient
import Support
import Testing

/// A server with a certificate that this machine does not trust.
@Suite(
    .enabled(if: openssl != nil, "Needs openssl, which makes the certificate and the server."),
    .timeLimit(.minutes(10)))
struct CertificateTests {
    @Test func `a certificate of one's own is refused in a sentence that says so`() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "certificate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let key = folder.appending(path: "key.pem").path()
        let certificate = folder.appending(path: "certificate.pem").path()
        let openssl = try #require(openssl)
        let made = try await EndedProcess(
            openssl,
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
                "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout", key, "-out", certificate,
            ])
        try #require(made.status == 0, "\(made.complaint)")

        // It says "ACCEPT 127.0.0.1:PORT".
        let server = try await DoomedProduct(
            program: openssl,
            ["s_server", "-accept", "127.0.0.1:0", "-key", key, "-cert", certificate, "-www"],
            saying: "ACCEPT")
        let place = "https://localhost:\(server.port)"
        let client = RestateClient(
            ingress: try url(place), retries: ClientRetryPolicy(maxAttempts: 1))
        let error = await #expect(throws: IngressError.self) { try await client.health() }
        await server.kill()
        let text = error?.description ?? ""
        #expect(text.hasPrefix("\(place) cannot be trusted: "), "\(text)")
        #expect(text.contains("certificate"), "\(text)")
        #expect(error?.status == nil)
    }
}

private let openssl = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(
    separator: ":"
).map { "\($0)/openssl" }.first(where: FileManager.default.isExecutableFile)
