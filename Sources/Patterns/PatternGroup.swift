/// What patterns are good for.
public enum PatternGroup: String, CaseIterable, Sendable {
    case communication = "Communication"
    case orchestration = "Orchestration"
    case scheduling = "Scheduling"
    case events = "Event processing"
    case coordination = "Coordination (advanced)"
}
