import Restate
import Support
import Testing

@testable import TestServices

/// The second tour: errors, futures, names, scopes, much data, frame by frame as they were recorded.
///
/// A service is played as soon as it is among `tour2Services`.
@Suite(.timeLimit(.minutes(10)), .serialized) struct GoldenTour2Tests {
    /// Attempts of protocol 5 that the official SDKs fail, with code 573, because a terminal error has
    /// metadata: for ever, as no attempt can do better. Ours end the invocation without the metadata.
    static let withoutMetadata: Set = [
        "Tour2-fail-06", "Tour2-fail-07",
        "Tour2-refuse-02", "Tour2-refuse-03",
        "Tour2Errors-fail-05", "Tour2Errors-fail-06",
        "Tour2Errors-runFails-01", "Tour2Errors-runFails-02",
        "Tour2Errors-signalRefused-01", "Tour2Errors-signalRefused-02",
        "Tour2Mapped-runThrows-01", "Tour2Mapped-runThrows-02",
        "Tour2Mapped-throws-01", "Tour2Mapped-throws-02",
    ]

    /// The journals of one service in one mode.
    struct Part: Sendable, CustomTestStringConvertible {
        let service: String
        let mode: String
        let paths: [String]

        var testDescription: String { "\(service) in \(mode), \(paths.count) journals" }
    }

    /// A path is `tour2/MODE/SERVICE-handler-NN.json`.
    static let parts: [Part] = {
        let paths = (try? Fixtures.journalPaths(in: "tour2")) ?? []
        return Dictionary(grouping: paths) { path in
            let parts = path.split(separator: "/")
            return [String(parts[1]), String(parts[2].prefix { $0 != "-" })]
        }
        .map { Part(service: $0.key[1], mode: $0.key[0], paths: $0.value) }
        .sorted { ($0.service, $0.mode) < ($1.service, $1.mode) }
    }()

    static let served = Set(tour2Services.map { type(of: $0).name })

    @Test(arguments: parts.filter { served.contains($0.service) })
    func `a service answers as recorded`(part: Part) async throws {
        let goldens = try part.paths.map(Golden.init(path:)).filter { !Self.isForMetadata($0) }
        let differences = try await withProduct("test-services", ["--port", "0"]) { port in
            // Some frames have megabytes, of which a debug build takes seconds to make JSON.
            await play(goldens, port: port)
        }
        for difference in differences { Issue.record("\(difference)") }
        #expect(differences.isEmpty, "\(differences.count) of \(goldens.count) differ")
    }

    @Test func `what protocol 5 cannot say of an error is all that is not played`() throws {
        let paths = Self.parts.filter { $0.mode == "v5" }.flatMap(\.paths)
        let found = try paths.map(Golden.init(path:)).filter(Self.isForMetadata)
        #expect(Set(found.map { String($0.path.dropFirst(9).dropLast(5)) }) == Self.withoutMetadata)
    }

    private static func isForMetadata(_ golden: Golden) -> Bool {
        golden.requestHeaders["content-type"] == "application/vnd.restate.invocation.v5"
            && golden.frames.contains {
                $0.name == "Error" && $0.fields["code"] == .integer(573)
            }
    }

    @Test func `every recorded service is served`() {
        let recorded = Set(Self.parts.map(\.service))
        #expect(recorded.count == 22)
        #expect(recorded.subtracting(Self.served).isEmpty)
    }

    @Test(arguments: ["v6", "v6-suspend", "v7"])
    func `an endpoint whose values go through a codec answers as recorded`(
        mode: String
    ) async throws {
        let goldens = try Fixtures.journals(in: "tour2-codec")
            .filter { $0.path.hasPrefix("tour2-codec/\(mode)/") }
        let arguments = ["--port", "0", "--endpoint", "codec"]
        let differences = try await withProduct("test-services", arguments) { port in
            await play(goldens, port: port)
        }
        for difference in differences { Issue.record("\(difference)") }
        #expect(goldens.count > 40)
        #expect(differences.isEmpty, "\(differences.count) of \(goldens.count) differ")
    }
}
