import { Shell } from './shell.js';
import { SignInGate } from './sign-in/sign-in-gate.js';
import { SettingsContext, useOwnSettings } from './texts/settings.js';

export function App() {
  const settings = useOwnSettings();
  return (
    <SettingsContext.Provider value={settings}>
      <SignInGate>{(signOut, viewer) => <Shell signOut={signOut} viewer={viewer} />}</SignInGate>
    </SettingsContext.Provider>
  );
}
