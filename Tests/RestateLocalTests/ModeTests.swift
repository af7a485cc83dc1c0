import Restate
import RestateLocal
import RestateRuntime
import Testing

struct ModeTests {
    @Test
    func `modes are set by their names, and a retry policy is a server's where it says nothing`() {
        var settings = LocalServerSettings()
        #expect(settings.retries.maxAttempts == 70)
        #expect(settings.protocolVersion == 6)
        settings.alwaysSuspend = true
        settings.lazyState = true
        settings.protocolVersion = 9
        settings.cutProbability = 0.5
        settings.chunkSize = 1
        settings.requestResponse = true
        settings.retries = InvocationRetryPolicy(maxAttempts: 1, onMaxAttempts: .kill)
        #expect(settings.runtime.alwaysSuspend && settings.runtime.lazyState)
        #expect(settings.runtime.protocolCap == 7)
        #expect(settings.delivery.cutProbability == 0.5)
        #expect(settings.delivery.chunkSize == 1)
        #expect(settings.delivery.alwaysRequestResponse)
        #expect(settings.retries.maxAttempts == 1)
        #expect(settings.retries.onMaxAttempts == .kill)
        #expect(settings.retries.initialInterval == .milliseconds(500))
    }
}
