import CanonicalJSON
import Primitives
import Restate
import RestateLocal
import RestateRuntime

/// What an endpoint says of itself at registration.
final class Manifests: Fuzzer {
    static let name = "manifests"
    static let subject = "manifests, as registration reads them"

    private lazy var mutation = Mutation(
        words: JSONGrammar.words
            + [
                "SERVICE", "VIRTUAL_OBJECT", "WORKFLOW", "EXCLUSIVE", "SHARED", "REQUEST_RESPONSE",
                "\"ty\":\"", "\"handlers\":[", "\"name\":\"run\"", "\"input\":{", "\"output\":{",
                "\"contentType\":\"*/*\"", "\"required\":true", "\"jsonSchema\":{",
                "\"inactivityTimeout\":", "\"idempotencyRetention\":",
                "\"retryPolicyMaxAttempts\":",
                "\"maxProtocolVersion\":", "\"documentation\":", "\"metadata\":{",
            ].map { Array($0.utf8) },
        corpus: Corpus.questions.compactMap(\.manifest))

    func make(_ random: inout Randomness) -> [UInt8] {
        mutation.damaged(random.pick(mutation.corpus), &random)
    }

    func check(_ input: [UInt8]) throws {
        let manifest: Manifest
        do {
            manifest = try JSON.decode(Manifest.self, from: input)
        } catch {
            return try require(!JSON.describe(error).isEmpty, "an error without a word")
        }
        var runtime = LocalRuntime(seed: 1)
        let endpoint = DeploymentEndpoint(inProcess: "a")
        do throws(RegistrationError) {
            let found = Discovered(manifest: manifest, sdkVersion: nil)
            let registered = try runtime.register(found, at: endpoint, RegistrationOptions(), at: 1)
            var again = RegistrationOptions()
            again.force = true
            _ = try runtime.register(found, at: endpoint, again, at: 2)
            for service in registered.deployment.services.values {
                for handler in service.handlers {
                    var request = InvocationRequest(
                        service: service.name, key: service.kind.isKeyed ? "k" : nil,
                        handler: handler.name)
                    request.body = [0x31]
                    do throws(TargetError) { _ = try runtime.submit(request, at: 3) } catch {}
                }
            }
        } catch {
            return try require(!error.description.isEmpty, "a refusal without a word")
        }
        runtime.advance(to: 1 << 50)
        _ = runtime.takeEffects()
    }
}
