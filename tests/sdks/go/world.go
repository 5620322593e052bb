package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"

	"github.com/scalekit-inc/scalekit-sdk-go/v2"
)

// What `gatehouse dev --ready-file` writes.
type readyFile struct {
	URL          string `json:"environment_url"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	Users        []struct {
		ID    string `json:"id"`
		Email string `json:"email"`
	} `json:"users"`
}

// The running server, the client, and what earlier steps have made.
type world struct {
	recorder *recorder
	client   scalekit.Scalekit
	ready    readyFile

	organization string
	team         string
	otherTeam    string
	grace        string
	tokens       *scalekit.AuthenticationResponse
}

func newWorld() *world {
	bytes, err := os.ReadFile(os.Getenv("GATEHOUSE_READY"))
	if err != nil {
		panic(err)
	}
	w := &world{}
	if err := json.Unmarshal(bytes, &w.ready); err != nil {
		panic(err)
	}
	w.client = scalekit.NewScalekitClient(w.ready.URL, w.ready.ClientID, w.ready.ClientSecret)
	w.recorder = newRecorder(w.client)
	return w
}

// A person signs in on the hosted pages; the address at which the application is called back.
func (w *world) signIn(email, url string) string {
	out, err := exec.Command("python3", os.Getenv("GATEHOUSE_SIGN_IN"),
		os.Getenv("GATEHOUSE_READY"), email, url).CombinedOutput()
	if err != nil {
		panic(string(out))
	}
	return strings.TrimSpace(string(out))
}
