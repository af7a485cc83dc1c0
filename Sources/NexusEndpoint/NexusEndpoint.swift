internal import NexusCommand

/// The program `nexus-endpoint`: `nexus` for servers, which is linked with nothing that an endpoint does
/// not need.
@main
enum NexusEndpoint {
    static func main() async {
        await NexusCommand(NexusCommand.ofServers).main()
    }
}
